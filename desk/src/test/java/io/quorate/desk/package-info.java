/** The parts, started for real. */
@NullMarked
package io.quorate.desk;

import org.jspecify.annotations.NullMarked;
