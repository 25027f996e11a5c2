package io.quorate.violators.sinks.receivers;

import java.sql.Connection;

record KeepsItsOwnTable(Connection connection) {}
