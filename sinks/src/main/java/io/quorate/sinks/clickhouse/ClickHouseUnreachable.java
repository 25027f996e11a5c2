package io.quorate.sinks.clickhouse;

import java.io.IOException;

/** ClickHouse did not answer; the message says where it was looked for. */
public final class ClickHouseUnreachable extends IOException {

    ClickHouseUnreachable(String message, Throwable cause) {
        super(message, cause);
    }
}
