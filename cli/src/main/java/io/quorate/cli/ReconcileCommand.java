package io.quorate.cli;

import io.quorate.cli.data.Format;
import io.quorate.cli.data.Where;
import io.quorate.rules.yaml.Durations;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.Reconciliation;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Holds the alerts to the ledger of what was told. */
@Command(
        name = "reconcile",
        mixinStandardHelpOptions = true,
        description = {
            "Show every alert of which somebody should have been told and was not, and every line of the ledger that tells of",
            "nothing; an honest run has neither. Asks ClickHouse alone.",
            "Without --kept, --config and --clickhouse: the data of the run or the demo from here."
        })
final class ReconcileCommand implements Callable<Integer> {

    @Option(
            names = "--grace",
            paramLabel = "SPAN",
            defaultValue = "60s",
            description = "What is younger may still be under way, and is not judged (default: ${DEFAULT-VALUE}).")
    private String grace = "60s";

    @Option(
            names = "--format",
            paramLabel = "table|json|csv",
            defaultValue = "table",
            description = "table; json, one object a line; or csv (default: ${DEFAULT-VALUE}).")
    private Format format = Format.TABLE;

    @ArgGroup(multiplicity = "0..1")
    private Where where = new Where();

    @Override
    public Integer call() throws Exception {
        Reconciliation reconciliation = Reconciliation.after(Durations.parse(grace));
        try (Where.Opened data = where.open()) {
            ClickHouseClient client = new ClickHouseClient(data.clickhouse());
            List<String> gaps = format.answer(client, reconciliation.sql(), reconciliation.values());
            if (format.hasRows(gaps)) {
                gaps.forEach(System.out::println);
                return Quorate.DID_NOT_HOLD;
            }
        }
        System.err.println("Alerts and notifications agree");
        return 0;
    }
}
