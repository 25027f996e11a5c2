/** The command {@code quorate}: one class per verb. */
@NullMarked
package io.quorate.cli;

import org.jspecify.annotations.NullMarked;
