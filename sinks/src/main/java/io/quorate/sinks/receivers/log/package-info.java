/** The receiver that writes into the log of the job. */
@NullMarked
package io.quorate.sinks.receivers.log;

import org.jspecify.annotations.NullMarked;
