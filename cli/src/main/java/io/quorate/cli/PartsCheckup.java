package io.quorate.cli;

import io.quorate.desk.FreePorts;
import io.quorate.desk.PartUnavailable;
import io.quorate.desk.Platform;
import io.quorate.desk.PortBusy;
import io.quorate.jobs.settings.Settings;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.receivers.ReceiverSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Everything beside ingest that settings name: the broker, ClickHouse, the ports that will be listened at, receivers. */
final class PartsCheckup {

    private static final int CONNECT_MILLIS = 2_000;

    /** Since everything began: what is not part of a fleet has no reason to take longer. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Settings settings;
    private final Looking looking;
    private final List<Check> checks = new ArrayList<>();

    /** What is looked at, and what of it is told when it does not answer in time. */
    private record Check(String part, String name, Looking.Begun<Finding> look) {}

    private PartsCheckup(Settings settings, Looking looking) {
        this.settings = settings;
        this.looking = looking;
    }

    /** Begins to look at all of it. */
    static PartsCheckup begin(Settings settings, Looking looking) {
        PartsCheckup parts = new PartsCheckup(settings, looking);
        parts.begin();
        return parts;
    }

    private void begin() {
        if (settings.ownKafka() == null) {
            check("kafka", "the embedded broker", () -> embedded("kafka"));
        } else {
            List.of(settings.kafka().bootstrap().split(",")).forEach(broker -> checkConnects("kafka", broker));
        }
        if (settings.ownClickhouse() == null) {
            check("clickhouse", "the embedded engine", () -> embedded("clickhouse"));
        } else {
            check("clickhouse", settings.clickhouse().url(), () -> clickhouse(settings.clickhouse()));
        }
        checkFree("Kafka", settings.desk().kafkaPort());
        checkFree("ClickHouse", settings.desk().clickhousePort());
        checkFree("Flink", settings.desk().flinkPort());
        checkFree("metrics", settings.desk().metricsPort());
        for (ReceiverSettings receiver : settings.alerting().receivers()) {
            String address = receiver.reachedAt();
            if (address != null) {
                checkConnects("receiver " + receiver.name(), address);
            }
        }
    }

    /** What every check found, in the order of the settings. */
    List<Finding> found() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        if (settings.alerting().receivers().isEmpty()) {
            findings.add(Finding.ok(
                    "alerting", "no receivers: alerts are only recorded; add alerting.receivers to be notified"));
        }
        for (Check check : checks) {
            findings.add(check.look()
                    .seenWithin(PATIENCE)
                    .orElseGet(() -> Finding.miss(
                            check.part(),
                            check.name() + " has not answered within " + PATIENCE.toSeconds()
                                    + " s; check the address and that it is up")));
        }
        return findings;
    }

    private void check(String part, String name, Supplier<Finding> look) {
        checks.add(new Check(
                part,
                name,
                looking.begin(
                        0,
                        PATIENCE,
                        patience -> look.get(),
                        thrown -> Finding.miss(part, name + " cannot be asked (" + thrown + "); check the address"))));
    }

    private void checkFree(String part, int port) {
        if (port != 0) {
            check("desk", "port " + port, () -> free(part, port));
        }
    }

    private void checkConnects(String part, String address) {
        check(part, address, () -> connect(part, address));
    }

    private static Finding clickhouse(ClickHouseSettings settings) {
        try {
            new ClickHouseClient(settings).execute("SELECT 1");
            return Finding.ok("clickhouse", settings.url() + ": answers");
        } catch (IOException e) {
            return Finding.miss("clickhouse", Finding.plain(e));
        }
    }

    private static Finding connect(String part, String name) {
        // By hand, as a URI knows no host with an underscore.
        String address = name.replaceAll("^[a-z]+://|/$", "");
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replaceAll("^\\[|]$", "");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))), CONNECT_MILLIS);
            return Finding.ok(part, name + ": listens");
        } catch (IOException e) {
            return Finding.miss(
                    part, name + " cannot be reached (" + Finding.plain(e) + "); check the address and that it is up");
        }
    }

    private static Finding embedded(String part) {
        try {
            Platform.check();
            return Finding.ok(part, "embedded: starts with 'quorate run'");
        } catch (PartUnavailable e) {
            return Finding.miss(part, String.valueOf(e.getMessage()));
        }
    }

    private static Finding free(String part, int port) {
        try {
            FreePorts.asked(part, port);
            return Finding.ok("desk", "port " + port + " for " + part + ": free");
        } catch (PortBusy e) {
            return Finding.miss("desk", String.valueOf(e.getMessage()));
        }
    }
}
