package io.quorate.jobs.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.quorate.events.Alert.Severity;
import io.quorate.jobs.ledger.LedgerDifference.Kind;
import io.quorate.jobs.ledger.LedgerDifference.Pair;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A report as one JSON object. Times are ISO-8601 in UTC with milliseconds, shares lie between 0 and 1, what is not
 * known is null.
 *
 * <pre>
 * {schema: "ledger/v1", title, since, until, clusters: [..], lacks: [..],
 *  totals: {episodes, fired, notifying, open, pages, warnings},
 *  episodes: [{id, rule, cluster, member, severity, startedAt, pendingAt, firedAt, resolvedAt, transitions,
 *              told: [severity ..], cause, root, partOf, summary}],
 *  noise: {spanSeconds, clusters, clusterMonths, budget, verdict: kept|exceeded|undecided,
 *          all: LINE, byRule: [LINE ..], byCluster: [LINE ..]},
 *      LINE = {name, episodes, pages, warnings, pagesPerClusterMonth, warningsPerClusterMonth}
 *  difference: {before, after, toleranceSeconds, counts: {new, gone, earlier, later, worse, milder, same},
 *               pages: {before, after}, warnings: {before, after},
 *               pairs: [{kinds: [..], rule, cluster, member, seconds, before: ID, after: ID, severityBefore,
 *                        severityAfter}]},
 *  truth: {reachSeconds, recall, precision, incidents, found, judged, right, ofPlanned, stray: [ID ..], unjudged,
 *          delay: {count, p50, p95, max}, lead: {count, p50, p95, max},
 *          outcomes: [{cluster, fault, members: [..], from, to, notedAt, found, seconds, first: ID, episodes,
 *                      during: ID}],
 *          planned: [{cluster, fault, members: [..], from, to}]},
 *  sweep: {address, asIs, points: [{value, number, episodes, notifications, pages, warnings, pagesPerClusterMonth,
 *          recall, precision, delaySeconds, pagesOfAll}]}}
 * </pre>
 *
 * {@code noise}, {@code difference}, {@code truth} and {@code sweep} are null where nobody asked for them. Pairs that
 * are the same in both are counted and not listed.
 */
public final class LedgerJson extends JsonFields {

    private static final JsonFactory JSON = new JsonFactory();

    private LedgerJson(JsonGenerator out) {
        super(out);
    }

    public static String of(Report report) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            new LedgerJson(out).write(report);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void write(Report report) throws IOException {
        out.writeStartObject();
        out.writeStringField("schema", "ledger/v1");
        out.writeStringField("title", report.title());
        time("since", report.since());
        time("until", report.until());
        texts("clusters", report.clusters());
        texts("lacks", report.lacks());
        Ledger ledger = report.ledger();
        out.writeObjectFieldStart("totals");
        out.writeNumberField("episodes", ledger.episodes().size());
        out.writeNumberField("fired", ledger.fired().size());
        out.writeNumberField("notifying", ledger.notifying());
        out.writeNumberField("open", ledger.open());
        out.writeNumberField("pages", ledger.pages());
        out.writeNumberField("warnings", ledger.warnings());
        out.writeEndObject();
        out.writeArrayFieldStart("episodes");
        for (Episode episode : ledger.episodes()) {
            episode(episode);
        }
        out.writeEndArray();
        part("noise", report.noise(), this::noise);
        part("difference", report.difference(), difference -> difference(difference, report.rules()));
        part("truth", report.score(), this::score);
        part("sweep", report.curve(), this::curve);
        out.writeEndObject();
    }

    private void episode(Episode episode) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", episode.id());
        out.writeStringField("rule", episode.rule());
        out.writeStringField("cluster", episode.cluster());
        out.writeStringField("member", episode.member());
        out.writeStringField("severity", Shown.lower(episode.severity()));
        time("startedAt", episode.startedAt());
        time("pendingAt", episode.pendingAt());
        time("firedAt", episode.firedAt());
        time("resolvedAt", episode.resolvedAt());
        out.writeNumberField("transitions", episode.transitions());
        out.writeArrayFieldStart("told");
        for (Severity severity : episode.told()) {
            out.writeString(Shown.lower(severity));
        }
        out.writeEndArray();
        out.writeStringField("cause", episode.cause());
        out.writeStringField("root", episode.root());
        out.writeStringField("partOf", episode.partOf());
        out.writeStringField("summary", episode.summary());
        out.writeEndObject();
    }

    private void noise(Noise noise) throws IOException {
        out.writeNumberField("spanSeconds", noise.span().toMillis() / 1000.0);
        out.writeNumberField("clusters", noise.clusters());
        out.writeNumberField("clusterMonths", noise.clusterMonths());
        out.writeNumberField("budget", Noise.BUDGET);
        out.writeStringField("verdict", Shown.lower(noise.verdict()));
        out.writeFieldName("all");
        line(noise.all());
        lines("byRule", noise.byRule());
        lines("byCluster", noise.byCluster());
    }

    private void lines(String name, Iterable<Noise.Line> lines) throws IOException {
        out.writeArrayFieldStart(name);
        for (Noise.Line line : lines) {
            line(line);
        }
        out.writeEndArray();
    }

    private void line(Noise.Line line) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", line.name());
        out.writeNumberField("episodes", line.episodes());
        out.writeNumberField("pages", line.pages());
        out.writeNumberField("warnings", line.warnings());
        out.writeNumberField("pagesPerClusterMonth", line.pagesPerClusterMonth());
        out.writeNumberField("warningsPerClusterMonth", line.warningsPerClusterMonth());
        out.writeEndObject();
    }

    private void difference(LedgerDifference difference, Report.@Nullable Compared rules) throws IOException {
        out.writeStringField("before", rules == null ? null : rules.before());
        out.writeStringField("after", rules == null ? null : rules.after());
        out.writeNumberField("toleranceSeconds", difference.tolerance().toMillis() / 1000.0);
        out.writeObjectFieldStart("counts");
        for (Kind kind : Kind.values()) {
            out.writeNumberField(Shown.lower(kind), difference.of(kind).size());
        }
        out.writeEndObject();
        both("pages", difference.before().pages(), difference.after().pages());
        both("warnings", difference.before().warnings(), difference.after().warnings());
        out.writeArrayFieldStart("pairs");
        for (Pair pair : difference.pairs()) {
            if (!pair.kinds().contains(Kind.SAME)) {
                pair(pair);
            }
        }
        out.writeEndArray();
    }

    private void both(String name, int before, int after) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("before", before);
        out.writeNumberField("after", after);
        out.writeEndObject();
    }

    private void pair(Pair pair) throws IOException {
        out.writeStartObject();
        out.writeArrayFieldStart("kinds");
        for (Kind kind : pair.kinds()) {
            out.writeString(Shown.lower(kind));
        }
        out.writeEndArray();
        out.writeStringField("rule", pair.episode().rule());
        out.writeStringField("cluster", pair.episode().cluster());
        out.writeStringField("member", pair.episode().member());
        out.writeNumberField("seconds", pair.seconds());
        Episode before = pair.before();
        Episode after = pair.after();
        out.writeStringField("before", before == null ? null : before.id());
        out.writeStringField("after", after == null ? null : after.id());
        out.writeStringField("severityBefore", before == null ? null : Shown.lower(before.severity()));
        out.writeStringField("severityAfter", after == null ? null : Shown.lower(after.severity()));
        out.writeEndObject();
    }

    private void score(Score score) throws IOException {
        out.writeNumberField("reachSeconds", score.reach().toMillis() / 1000.0);
        number("recall", score.recall());
        number("precision", score.precision());
        out.writeNumberField("incidents", score.outcomes().size());
        out.writeNumberField("found", score.found());
        out.writeNumberField("judged", score.judged());
        out.writeNumberField("right", score.right());
        out.writeNumberField("ofPlanned", score.ofPlanned());
        texts("stray", score.stray().stream().map(Episode::id).toList());
        out.writeNumberField("unjudged", score.unjudged());
        part("delay", score.delay(), this::spread);
        part("lead", score.lead(), this::spread);
        out.writeArrayFieldStart("outcomes");
        for (Score.Outcome outcome : score.outcomes()) {
            out.writeStartObject();
            event(outcome.incident());
            time("notedAt", outcome.incident().notedAt());
            out.writeBooleanField("found", outcome.isFound());
            number("seconds", outcome.seconds());
            out.writeStringField(
                    "first", outcome.first() == null ? null : outcome.first().id());
            out.writeNumberField("episodes", outcome.episodes());
            out.writeStringField(
                    "during", outcome.during() == null ? null : outcome.during().id());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("planned");
        for (Truth.Event planned : score.planned()) {
            out.writeStartObject();
            event(planned);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void event(Truth.Event event) throws IOException {
        out.writeStringField("cluster", event.cluster());
        out.writeStringField("fault", event.what());
        texts("members", event.members());
        time("from", event.span().from());
        time("to", event.span().to());
    }

    private void spread(Spread spread) throws IOException {
        out.writeNumberField("count", spread.count());
        out.writeNumberField("p50", spread.p50());
        out.writeNumberField("p95", spread.p95());
        out.writeNumberField("max", spread.max());
    }

    private void curve(Curve curve) throws IOException {
        out.writeStringField("address", curve.address());
        out.writeStringField("asIs", curve.asIs());
        out.writeArrayFieldStart("points");
        for (Curve.Point point : curve.points()) {
            out.writeStartObject();
            out.writeStringField("value", point.value());
            out.writeNumberField("number", point.number());
            out.writeNumberField("episodes", point.episodes());
            out.writeNumberField("notifications", point.notifications());
            out.writeNumberField("pages", point.pages());
            out.writeNumberField("warnings", point.warnings());
            out.writeNumberField("pagesPerClusterMonth", point.pagesPerClusterMonth());
            number("recall", point.recall());
            number("precision", point.precision());
            number("delaySeconds", point.delaySeconds());
            out.writeNumberField("pagesOfAll", point.pagesOfAll());
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
