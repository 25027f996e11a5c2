/** Answers of ClickHouse: where it is, and how they are written. */
@NullMarked
package io.quorate.cli.data;

import org.jspecify.annotations.NullMarked;
