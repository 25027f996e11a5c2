/** Parts that outlive the command that began them, each set in the care of a process of its own. */
@org.jspecify.annotations.NullMarked
package io.quorate.cli.kept;
