/** From a rule to what Flink runs. */
@NullMarked
package io.quorate.rules.compile;

import org.jspecify.annotations.NullMarked;
