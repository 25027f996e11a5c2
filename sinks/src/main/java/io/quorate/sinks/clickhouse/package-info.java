/** The tables in ClickHouse and the writers that fill them, idempotent by natural keys. */
@NullMarked
package io.quorate.sinks.clickhouse;

import org.jspecify.annotations.NullMarked;
