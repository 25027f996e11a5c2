/** The verb that brings a fleet into being that does not exist, and where what it shows can go. */
@NullMarked
package io.quorate.cli.simulate;

import org.jspecify.annotations.NullMarked;
