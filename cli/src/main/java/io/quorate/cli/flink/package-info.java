/** Jobs on a Flink cluster, wherever it is: submitted, shown, stopped and replaced. */
@org.jspecify.annotations.NullMarked
package io.quorate.cli.flink;
