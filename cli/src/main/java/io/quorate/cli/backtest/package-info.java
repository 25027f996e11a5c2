/** {@code quorate backtest}: what ran live runs again on history. */
@NullMarked
package io.quorate.cli.backtest;

import org.jspecify.annotations.NullMarked;
