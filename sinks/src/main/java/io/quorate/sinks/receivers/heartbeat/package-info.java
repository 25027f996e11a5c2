/** The dead man's switch outwards: somebody else notices when this falls silent. */
@NullMarked
package io.quorate.sinks.receivers.heartbeat;

import org.jspecify.annotations.NullMarked;
