/** {@code quorate cluster}: clusters of one's own on this machine, to be watched and to run on. */
@org.jspecify.annotations.NullMarked
package io.quorate.cli.cluster;
