package io.quorate.sinks.clickhouse;

import java.io.IOException;

/** ClickHouse answered, and the answer was no; the message is its own. */
public final class ClickHouseRefused extends IOException {

    ClickHouseRefused(String message) {
        super(message);
    }
}
