/** The Kafka receiver: alerts as records, for machines. */
@NullMarked
package io.quorate.sinks.receivers.kafka;

import org.jspecify.annotations.NullMarked;
