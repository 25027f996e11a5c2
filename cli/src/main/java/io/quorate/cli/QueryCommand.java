package io.quorate.cli;

import io.quorate.cli.data.Format;
import io.quorate.cli.data.Moments;
import io.quorate.cli.data.Where;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.Question;
import io.quorate.sinks.clickhouse.Span;
import io.quorate.sinks.clickhouse.WindowSize;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers a named question of the data. */
@Command(
        name = "query",
        mixinStandardHelpOptions = true,
        description = {
            "Answer a named question from ClickHouse. Without NAME: which questions there are.",
            "Without --kept, --config and --clickhouse: the data of the run or the demo from here."
        },
        footer = {
            "",
            "Windows: a span of up to 3 h is answered from the base windows (10 s unless set), up to 3 d from those of 1 m,",
            "up to 90 d of 1 h, longer ones of 1 d; where there are none of that size, from the next larger that are there.",
            "A window belongs to the span in which it begins. docs/queries.md shows each question with an answer."
        })
final class QueryCommand implements Callable<Integer> {

    private static final Duration DEFAULT_SPAN = Duration.ofHours(1);
    private static final String NEWEST = """
            SELECT toInt64(toUnixTimestamp64Milli(max(at)))
            FROM
            (
                SELECT max(window_end) AS at FROM member_window
                UNION ALL SELECT max(window_end) FROM member_window_1m
                UNION ALL SELECT max(window_end) FROM member_window_1h
                UNION ALL SELECT max(observed_at) FROM member_status
                UNION ALL SELECT max(at) FROM event
            )
            """;

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The question, such as fleet-overview.")
    private @Nullable String name;

    @Option(names = "--cluster", paramLabel = "C", description = "Only this cluster (default: all).")
    private String cluster = "";

    @Option(
            names = "--from",
            paramLabel = "T",
            description = "ISO-8601, or how long before now, such as 24h (default: an hour before --to).")
    private @Nullable String from;

    @Option(
            names = "--to",
            paramLabel = "T",
            description = "The same, exclusive (default: now; where the data is older and --from not given, its end).")
    private @Nullable String to;

    @Option(
            names = "--window",
            paramLabel = "base|1m|5m|1h|1d",
            description = "Windows of this size in place of those that suit the span.")
    private @Nullable String window;

    @Option(
            names = "--metric",
            paramLabel = "M",
            description = "The histogram that the question is about (default: etcd_disk_wal_fsync_duration_seconds).")
    private @Nullable String metric;

    @Option(
            names = "--format",
            paramLabel = "table|json|csv",
            defaultValue = "table",
            description = "table; json, one object a line; or csv (default: ${DEFAULT-VALUE}).")
    private Format format = Format.TABLE;

    @ArgGroup(multiplicity = "0..1")
    private Where where = new Where();

    private final Clock clock = Clock.systemUTC();

    @Override
    public Integer call() throws IOException, InterruptedException, InvalidYaml {
        if (name == null) {
            tellQuestions();
            return 0;
        }
        Question question = question(name);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Instant begin = from == null ? null : Moments.parse("--from", from, now);
        Instant end = to == null ? null : Moments.parse("--to", to, now);
        if (begin != null) {
            // Before anything is started: whether the span is one.
            new Span(begin, end == null ? now : end);
        }
        WindowSize wanted = window == null ? null : size(window);
        if (metric != null && !question.reads("metric")) {
            throw new IllegalArgumentException("--metric " + metric + ": " + question.name()
                    + " is about metrics of its own; expected it with "
                    + Question.all().stream()
                            .filter(each -> each.reads("metric"))
                            .map(Question::name)
                            .collect(Collectors.joining(", ")));
        }
        try (Where.Opened data = where.open()) {
            ClickHouseClient client = new ClickHouseClient(data.clickhouse());
            answer(client, question, span(client, begin, end, now), wanted);
        }
        return 0;
    }

    private static void tellQuestions() {
        List<Question> questions = Question.all();
        int width = questions.stream()
                .mapToInt(question -> question.name().length())
                .max()
                .orElse(0);
        questions.forEach(question -> System.out.printf("%-" + width + "s  %s%n", question.name(), question.inWords()));
    }

    private static Question question(String name) {
        return Question.named(name)
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is no question; expected one of "
                        + Question.all().stream().map(Question::name).collect(Collectors.joining(", "))));
    }

    private static WindowSize size(String text) {
        return Arrays.stream(WindowSize.values())
                .filter(size -> size.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--window " + text + " is no size of windows; expected base, 1m, 5m, 1h or 1d"));
    }

    private static Span span(ClickHouseClient client, @Nullable Instant begin, @Nullable Instant end, Instant now)
            throws IOException {
        if (begin != null || end != null) {
            Instant until = end == null ? now : end;
            return new Span(begin == null ? until.minus(DEFAULT_SPAN) : begin, until);
        }
        Instant newest = newest(client);
        if (newest.equals(Instant.EPOCH) || newest.isAfter(now.minus(DEFAULT_SPAN))) {
            return new Span(now.minus(DEFAULT_SPAN), now);
        }
        System.err.println("The newest data is of " + newest + "; this is the hour before it");
        Instant after = newest.plusMillis(1);
        return new Span(after.minus(DEFAULT_SPAN), after);
    }

    private static Instant newest(ClickHouseClient client) throws IOException {
        return Instant.ofEpochMilli(Long.parseLong(client.execute(NEWEST).strip()));
    }

    private void answer(ClickHouseClient client, Question question, Span span, @Nullable WindowSize wanted)
            throws IOException {
        WindowSize size = wanted == null ? WindowSize.suiting(span.length()).orWhatIsThere(client, span) : wanted;
        String about = metric == null ? "etcd_disk_wal_fsync_duration_seconds" : metric;
        List<String> lines = format.answer(client, question.sql(), question.values(span, size, cluster, about));
        if (format.hasRows(lines)) {
            lines.forEach(System.out::println);
            return;
        }
        if (format == Format.CSV) {
            lines.forEach(System.out::println);
        }
        System.err.println("No rows from " + span.from() + " to " + span.to()
                + (cluster.isEmpty() ? "" : " of cluster " + cluster) + "; " + newestInWords(client));
    }

    private static String newestInWords(ClickHouseClient client) throws IOException {
        Instant newest = newest(client);
        return newest.equals(Instant.EPOCH) ? "there is no data at all yet" : "the newest data is of " + newest;
    }
}
