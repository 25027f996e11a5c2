/** What a simulated fleet shows: pages of metrics, answers, recordings. */
@NullMarked
package io.quorate.simulator.face;

import org.jspecify.annotations.NullMarked;
