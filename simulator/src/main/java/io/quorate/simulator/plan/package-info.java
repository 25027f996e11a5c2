/** What shall happen to a simulated fleet, read from YAML, and the truth of what did. */
@NullMarked
package io.quorate.simulator.plan;

import org.jspecify.annotations.NullMarked;
