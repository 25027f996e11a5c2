package io.quorate.cli.backtest;

import io.quorate.ingest.recording.RecordingFile;
import io.quorate.jobs.backtest.Backtest.Ran;
import io.quorate.jobs.backtest.History;
import io.quorate.jobs.backtest.Lacking;
import io.quorate.jobs.backtest.Line;
import io.quorate.jobs.backtest.Line.Output;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.kafka.AlertTopic;
import io.quorate.jobs.ledger.AlertComparison;
import io.quorate.jobs.ledger.Curve;
import io.quorate.jobs.ledger.Ledger;
import io.quorate.jobs.ledger.LedgerDifference;
import io.quorate.jobs.ledger.LedgerJson;
import io.quorate.jobs.ledger.LedgerPage;
import io.quorate.jobs.ledger.LedgerText;
import io.quorate.jobs.ledger.Noise;
import io.quorate.jobs.ledger.Report;
import io.quorate.jobs.ledger.Score;
import io.quorate.jobs.ledger.Sweep;
import io.quorate.jobs.ledger.Truth;
import io.quorate.jobs.settings.Profiles;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import io.quorate.rules.yaml.Durations;
import io.quorate.rules.yaml.InvalidYaml;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the live pipelines on what happened; nothing is sent. */
@Command(
        name = "backtest",
        mixinStandardHelpOptions = true,
        description = "Run the live pipelines on history and tell what they say; nothing is sent.",
        footer = {
            "",
            "The ledger tells the episodes; --compare what another rule set says otherwise; --sweep what a number of a rule",
            "comes to. What the history does not hold, and which rules say less for it, stands beside it.",
            "Exit codes: 0 done, 1 --compare live found a difference, 2 bad options or rules, 3 a server out of reach."
        })
public final class BacktestCommand implements Callable<Integer> {

    /** How what is found out is told. */
    enum Form {
        TABLE,
        JSON,
        HTML
    }

    private static final String LIVE = "live";

    @ArgGroup(exclusive = false, multiplicity = "1")
    private WhichHistory which = new WhichHistory();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings: where servers are, and the rules, overrides, profile and windows that run live.")
    private @Nullable Path config;

    @Option(names = "--window", paramLabel = "D", description = "Size of a window (default: that of --config, or 10s).")
    private @Nullable String window;

    @Option(names = "--profile", description = "Profile of the rules (default: that of --config, or fleet).")
    private @Nullable String profile;

    @Option(names = "--rules", paramLabel = "DIR", description = "Folder of rules instead of those that ship.")
    private @Nullable Path rules;

    @Option(
            names = "--compare",
            paramLabel = "DIR|live",
            description = {
                "Another folder of rules: what it says otherwise on the same history. Or live, with topics: whether what",
                "was told then is the same, line by line."
            })
    private @Nullable String compare;

    @Option(
            names = "--sweep",
            paramLabel = "RULE.PARAM=A..B",
            description = "A run for each value, such as EtcdElectionStorm.count=3..8 or .critical.for=10s..60s/10s.")
    private @Nullable String sweep;

    @Option(
            names = "--truth",
            arity = "1..*",
            paramLabel = "FILE",
            description = "What truly happened, NAME.truth.json: recall, precision and delay.")
    private List<Path> truths = List.of();

    @Option(
            names = "--format",
            paramLabel = "table|json|html",
            defaultValue = "table",
            description = "How it is told (default: ${DEFAULT-VALUE}).")
    private Form form = Form.TABLE;

    @Option(names = "--to", paramLabel = "FILE", description = "Where to (default: standard output).")
    private @Nullable Path to;

    @Option(names = "--windows", paramLabel = "FILE", description = "Where to write windows, as JSON lines.")
    private @Nullable Path windows;

    @Option(names = "--changes", paramLabel = "FILE", description = "Where to write leader changes, as JSON lines.")
    private @Nullable Path changes;

    @Option(names = "--alerts", paramLabel = "FILE", description = "Where to write alert transitions, as JSON lines.")
    private @Nullable Path alerts;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "Clusters are spread over so many threads (default: as many as there are processors).")
    private int parallel = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Keeps the runs there, and goes on where they were when the same is asked again.")
    private @Nullable Path resume;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        checkOutputs();
        if (sweep != null && compare != null) {
            throw new IllegalArgumentException("--sweep and --compare: expected one of them");
        }
        if (LIVE.equals(compare) && !which.isOfTopics()) {
            throw new IllegalArgumentException("--compare live: expected --from topics, where what was told live lies");
        }
        if (config != null && profile != null && rules == null) {
            throw new IllegalArgumentException(
                    "--config and --profile: the settings name a profile; expected one of them, or --rules as well");
        }
        Settings settings = config == null ? null : SettingsReader.read(config);
        WindowSettings cut = cut(settings);
        Controls controls = controls(settings, rules);
        Truth truth = truths.isEmpty() ? null : Truth.of(truths);
        Controls others = compare == null || compare.equals(LIVE) ? null : controls(settings, Path.of(compare));
        Sweep swept = sweep == null ? null : Sweep.parse(sweep, controls.rules(), controls.profile());
        WhichHistory.Asked span = which.span(lastRecord(), Instant.now().truncatedTo(ChronoUnit.MILLIS));
        History history = which.history(settings, controls, cut.size());

        Runs runs = new Runs(
                which.title(),
                span,
                cut,
                outputs(),
                parallel,
                resume,
                new Bar(writer(false), System.console() != null));
        Ran ran = runs.run("first", history, controls);
        write(windows, ran, Output.WINDOWS);
        write(changes, ran, Output.CHANGES);
        write(alerts, ran, Output.ALERTS);
        Ledger ledger = Ledger.of(ran.alerts());
        Report report = report(span, ran, ledger, controls).lacking(lacking(history, ran, controls));
        if (others != null) {
            Ledger other = Ledger.of(runs.run("other", which.history(settings, others, cut.size()), others)
                    .alerts());
            report = report(span, ran, other, others)
                    .lacking(lacking(history, ran, others))
                    .with(LedgerDifference.between(ledger, other), name(rules), Objects.requireNonNull(compare));
            ledger = other;
        }
        if (swept != null) {
            report = report.with(curve(runs, history, controls, swept, ran, span, truth));
        }
        if (truth != null) {
            report = report.with(truth, Score.of(truth, ledger));
        }
        tell(report, ran, span);
        return LIVE.equals(compare) ? compareWithLive(settings, ran, span) : 0;
    }

    private Report report(WhichHistory.Asked span, Ran ran, Ledger ledger, Controls controls) {
        SortedSet<String> clusters = new TreeSet<>(ran.clusters());
        Instant since = span.since().equals(Instant.EPOCH) ? first(ran, span.until()) : span.since();
        return Report.of(
                which.title() + ", profile " + controls.profile(), since, span.until(), List.copyOf(clusters), ledger);
    }

    /** Of a recording nobody says when it began. */
    private static Instant first(Ran ran, Instant until) {
        return ran.first() == null ? until : ran.first();
    }

    private Curve curve(
            Runs runs,
            History history,
            Controls controls,
            Sweep swept,
            Ran ran,
            WhichHistory.Asked span,
            @Nullable Truth truth)
            throws Exception {
        List<Curve.Point> points = new ArrayList<>();
        for (Sweep.Value value : swept.values()) {
            Controls changed =
                    new Controls(swept.at(value), controls.overrides(), controls.maintenance(), controls.profile());
            Ledger ledger = Ledger.of(runs.run(swept.address() + '=' + value.text(), history, changed)
                    .alerts());
            Noise noise = report(span, ran, ledger, changed).noise();
            if (noise == null) {
                throw new IllegalArgumentException("--sweep: nothing was read of any cluster in this span");
            }
            points.add(Curve.point(swept, value, ledger, noise, truth, Score.REACH));
        }
        return Curve.of(swept, points);
    }

    private int compareWithLive(@Nullable Settings settings, Ran ran, WhichHistory.Asked span) throws Exception {
        AlertComparison comparison = LedgerDifference.identical(
                AlertTopic.told(which.kafka(settings), span.since(), span.until()), ran.alerts());
        writer(true).println(comparison.text());
        return comparison.holds() ? 0 : 1;
    }

    private void checkOutputs() {
        for (Path output :
                Stream.of(windows, changes, alerts, to).filter(Objects::nonNull).toList()) {
            Path parent = output.toAbsolutePath().getParent();
            if (parent == null || !Files.isWritable(parent)) {
                throw new IllegalArgumentException(output + " cannot be written; expected a folder that is there");
            }
        }
        if (parallel < 1) {
            throw new IllegalArgumentException("--parallel " + parallel + ", expected at least 1");
        }
    }

    private Set<Output> outputs() {
        Set<Output> outputs = EnumSet.of(Output.ALERTS, Output.CHANGES);
        if (windows != null) {
            outputs.add(Output.WINDOWS);
        }
        return outputs;
    }

    private String profileOf(@Nullable Settings settings) {
        return profile != null ? profile : settings != null ? settings.profile() : Profiles.DEFAULT;
    }

    /** The overrides and maintenances of the settings hold for other rules as well, as far as those have what they set. */
    private Controls controls(@Nullable Settings settings, @Nullable Path folder) throws InvalidYaml {
        String under = profileOf(settings);
        List<Rule> running = settings != null && folder == null
                ? settings.rules()
                : Profiles.underNamed(under, folder == null ? RuleReader.shipped() : RuleReader.folder(folder));
        return settings == null
                ? new Controls(running, List.of(), under)
                : new Controls(running, settings.overrides(), settings.maintenance(), under);
    }

    private WindowSettings cut(@Nullable Settings settings) {
        Duration size = window != null
                ? Durations.parse(window)
                : settings != null ? settings.windows().size() : WindowSettings.DEFAULT.size();
        Duration horizon = settings != null ? settings.windows().horizon() : WindowSettings.DEFAULT.horizon();
        return WindowSettings.replay(size, horizon.compareTo(size) < 0 ? size : horizon);
    }

    /** The time of the last record; lines that are none are told on standard error. Null where there are no recordings. */
    private @Nullable Instant lastRecord() {
        Instant clock = null;
        for (Path file : which.recordings()) {
            if (!Files.isReadable(file)) {
                throw new IllegalArgumentException("--from " + file
                        + " cannot be read; expected a recording, or topics, clickhouse or prometheus");
            }
            RecordingFile.Scan scan = new RecordingFile(file).scan();
            scan.refused().forEach(this::warn);
            if (!scan.refused().isEmpty()) {
                warn(file + ": " + scan.refused().size() + " lines refused, " + scan.records() + " read");
            }
            Instant last = scan.lastRecordAt();
            clock = clock == null || (last != null && last.isAfter(clock)) ? last : clock;
        }
        if (which.isOfRecordings() && clock == null) {
            throw new IllegalArgumentException("none of the recordings holds a record that can be read");
        }
        return clock;
    }

    private static List<String> lacking(History history, Ran ran, Controls controls) {
        List<String> lacking = new ArrayList<>(history.lacks());
        lacking.addAll(ran.lost());
        Map<String, String> rules = new LinkedHashMap<>();
        Lacking.of(controls.rules(), history.tells())
                .forEach(lack -> rules.merge(lack.why(), lack.rule(), (some, one) -> some + ", " + one));
        rules.forEach((why, who) -> lacking.add(who + ' ' + why));
        return lacking;
    }

    private static String name(@Nullable Path folder) {
        return folder == null ? "the rules that ship" : folder.toString();
    }

    private void tell(Report report, Ran ran, WhichHistory.Asked span) throws IOException {
        String text = switch (form) {
            case TABLE -> summary(ran, span) + "\n\n" + LedgerText.of(report);
            case JSON -> LedgerJson.of(report);
            case HTML -> LedgerPage.of(report);
        };
        if (to == null) {
            writer(true).println(text);
        } else {
            Files.writeString(to, text);
            writer(true).println(summary(ran, span) + "; " + form.name().toLowerCase(Locale.ROOT) + " in " + to);
        }
    }

    private String summary(Ran ran, WhichHistory.Asked span) {
        return (windows == null ? "" : ran.count(Output.WINDOWS) + " windows, ")
                + ran.count(Output.CHANGES) + " leader changes, " + ran.count(Output.ALERTS)
                + " alert transitions up to " + span.until();
    }

    private static void write(@Nullable Path file, Ran ran, Output output) throws IOException {
        if (file == null) {
            return;
        }
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (Line line : ran.lines()) {
                if (line.output() == output) {
                    writer.write(line.json());
                    writer.write('\n');
                }
            }
        }
    }

    private void warn(String text) {
        writer(false).println(text);
    }

    private PrintWriter writer(boolean out) {
        if (spec == null) {
            throw new IllegalStateException("the command line was not parsed");
        }
        return out ? spec.commandLine().getOut() : spec.commandLine().getErr();
    }
}
