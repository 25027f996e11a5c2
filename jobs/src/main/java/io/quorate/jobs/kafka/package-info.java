/** Topics as streams, and streams as topics. */
@NullMarked
package io.quorate.jobs.kafka;

import org.jspecify.annotations.NullMarked;
