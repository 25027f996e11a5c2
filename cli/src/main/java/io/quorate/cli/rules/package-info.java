/** {@code quorate rules}: what can be asked of rules, and how they are changed while the jobs run. */
@NullMarked
package io.quorate.cli.rules;

import org.jspecify.annotations.NullMarked;
