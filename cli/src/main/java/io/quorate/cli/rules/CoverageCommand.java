package io.quorate.cli.rules;

import io.quorate.cli.data.Format;
import io.quorate.cli.data.Where;
import io.quorate.events.RuleCoverage;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which rule can speak of which member, as it was last told, and if not, why. */
@Command(
        name = "coverage",
        mixinStandardHelpOptions = true,
        description = {
            "Show which rule can speak of which member or cluster, as it was last told, and if not, why.",
            "Without --kept, --config and --clickhouse: the data of the run or the demo from here."
        },
        footer = {
            "",
            "evaluated: there was a verdict; blind: a metric is missing; too-few: fewer operations than the rule asks for;",
            "silenced: somebody asked not to be told; shadow: evaluated, notifies nobody; off: by its profile or an override."
        })
final class CoverageCommand implements Callable<Integer> {

    private static final List<String> STATES = List.of(
            RuleCoverage.EVALUATED,
            RuleCoverage.BLIND,
            RuleCoverage.TOO_FEW,
            RuleCoverage.SILENCED,
            RuleCoverage.SHADOW,
            RuleCoverage.OFF);

    private static final String CELLS = """
            SELECT rule, cluster, member, state, metric, why, detail, rule_version, observed_at
            FROM rule_coverage_now
            WHERE ({rule:String} = '' OR rule = {rule:String}) AND ({cluster:String} = '' OR cluster = {cluster:String})
                AND ({state:String} = '' OR state = {state:String})
            ORDER BY rule, cluster, member
            """;

    @Option(names = "--rule", paramLabel = "R", description = "Only this rule (default: all).")
    private String rule = "";

    @Option(names = "--cluster", paramLabel = "C", description = "Only this cluster (default: all).")
    private String cluster = "";

    @Option(
            names = "--state",
            paramLabel = "S",
            description =
                    "Only cells in this state: evaluated, blind, too-few, silenced, shadow or off (default: all).")
    private String state = "";

    @Option(
            names = "--format",
            paramLabel = "table|json|csv",
            defaultValue = "table",
            description = "table; json, one object a line; or csv (default: ${DEFAULT-VALUE}).")
    private Format format = Format.TABLE;

    @ArgGroup(multiplicity = "0..1")
    private Where where = new Where();

    @Override
    public Integer call() throws IOException, InterruptedException, InvalidYaml {
        if (!state.isEmpty() && !STATES.contains(state)) {
            throw new IllegalArgumentException(
                    "--state " + state + " is no state; expected one of " + String.join(", ", STATES));
        }
        try (Where.Opened data = where.open()) {
            ClickHouseClient client = new ClickHouseClient(data.clickhouse());
            List<String> lines = format.answer(client, CELLS, Map.of("rule", rule, "cluster", cluster, "state", state));
            boolean some = format.hasRows(lines);
            if (some || format == Format.CSV) {
                lines.forEach(System.out::println);
            }
            if (!some) {
                System.err.println("No cells" + (rule.isEmpty() ? "" : " of rule " + rule)
                        + (cluster.isEmpty() ? "" : " of cluster " + cluster)
                        + (state.isEmpty() ? "" : " in state " + state)
                        + "; a job that runs tells of each within ten minutes");
            }
        }
        return 0;
    }
}
