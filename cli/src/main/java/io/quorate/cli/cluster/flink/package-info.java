/** A Flink cluster on this machine, and what the jobs on it need beside it. */
@org.jspecify.annotations.NullMarked
package io.quorate.cli.cluster.flink;
