package io.quorate.cli;

import io.quorate.cli.data.Where;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Verification;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

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

    @ArgGroup(multiplicity = "1")
    private Where where = new Where();

    @Override
    public Integer call() throws IOException, InterruptedException, InvalidYaml {
        try (Where.Opened data = where.open()) {
            return verify(data.clickhouse());
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
