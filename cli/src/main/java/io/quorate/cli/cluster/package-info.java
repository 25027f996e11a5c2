/** {@code quorate cluster}: clusters of one's own on this machine, to try things on. */
@NullMarked
package io.quorate.cli.cluster;

import org.jspecify.annotations.NullMarked;
