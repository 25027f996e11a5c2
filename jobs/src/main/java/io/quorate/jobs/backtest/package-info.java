/** The live pipelines on a bounded source: what ran live runs again on history; nothing leaves but lines. */
@NullMarked
package io.quorate.jobs.backtest;

import org.jspecify.annotations.NullMarked;
