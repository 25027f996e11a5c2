package io.quorate.cli;

import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.desk.Parts;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Recomputes in SQL what the jobs wrote, and tells every row that differs. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description =
                "Recompute every quantile, sum and longer window in ClickHouse, in SQL, and tell the rows that differ.")
final class VerifyCommand implements Callable<Integer> {

    private static final List<String> DIFFERENCES = List.of(
            "/clickhouse/checks/recompute_quantiles.sql",
            "/clickhouse/checks/recompute_sums.sql",
            "/clickhouse/checks/recompute_rollups.sql");

    private static final class Where {

        @Option(names = "--kept", paramLabel = "DIR", description = "What a demo left behind with --keep DIR.")
        private @Nullable Path kept;

        @Option(names = "--clickhouse", paramLabel = "URL", description = "A ClickHouse that runs.")
        private @Nullable String url;
    }

    @ArgGroup(multiplicity = "1")
    private Where where = new Where();

    @Override
    public Integer call() throws IOException {
        if (where.url != null) {
            return verify(ClickHouseSettings.at(where.url));
        }
        Path kept = where.kept == null ? Path.of(".") : where.kept;
        if (!Files.isDirectory(kept.resolve("data").resolve("clickhouse"))) {
            throw new IllegalArgumentException(
                    "--kept " + kept + " holds no data/clickhouse; expected the folder of demo --keep");
        }
        Home home = Home.current().withState(kept);
        Parts.of(home, System.out::println).clickHouseLibrary();
        try (ClickHouseEngine engine = ClickHouseEngine.start(home, "clickhouse", 0)) {
            return verify(ClickHouseSettings.at(engine.url()));
        }
    }

    private static int verify(ClickHouseSettings clickhouse) throws IOException {
        Verification verification = Verification.of(clickhouse);
        verification.checks().forEach(System.out::println);
        if (verification.holds()) {
            return 0;
        }
        for (String query : DIFFERENCES) {
            System.out.print(new ClickHouseClient(clickhouse)
                    .execute(Verification.sql(query).strip() + "\nLIMIT 20\nFORMAT PrettyCompactMonoBlock"));
        }
        return Quorate.DID_NOT_HOLD;
    }
}
