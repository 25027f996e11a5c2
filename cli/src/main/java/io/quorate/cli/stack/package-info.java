/** The whole of Quorate on one machine: broker, engine, and the jobs in a Flink process of their own. */
@NullMarked
package io.quorate.cli.stack;

import org.jspecify.annotations.NullMarked;
