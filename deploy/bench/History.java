import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Migrations;

/** An engine of Quorate's own with its tables for a benchmark, until standard input ends. Prints its address. */
final class History {

    private History() {}

    public static void main(String[] args) throws Exception {
        try (ClickHouseEngine engine = ClickHouseEngine.start(Home.current(), args[0], 0)) {
            Migrations.applyTo(ClickHouseSettings.at(engine.url()));
            System.out.println(engine.url());
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }
}
