package io.quorate.jobs.backtest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.quorate.events.Alert;
import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.LeaderChange;
import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberWindow;
import io.quorate.events.Quantile;
import io.quorate.events.Sample;
import io.quorate.events.ScopeWindow;
import io.quorate.jobs.backtest.Line.Output;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events as the lines that {@code quorate backtest} promises: one per series of a window, one per change, one per alert. */
final class Lines {

    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Lines() {}

    static List<Line> of(MemberWindow window) {
        return windows(
                new Scope(
                        "member",
                        window.cluster(),
                        window.clusterId(),
                        window.member(),
                        window.memberId(),
                        null,
                        window.windowStart(),
                        window.windowEnd(),
                        window.gap(),
                        window.version()),
                window.measures());
    }

    static List<Line> of(ScopeWindow window) {
        return windows(
                new Scope(
                        window.scope().name().toLowerCase(Locale.ROOT),
                        window.cluster(),
                        window.clusterId(),
                        null,
                        null,
                        window.group(),
                        window.windowStart(),
                        window.windowEnd(),
                        window.gap(),
                        window.version()),
                window.measures());
    }

    static Line of(LeaderChange change) {
        String json = write(line -> {
            line.writeStringField("cluster", change.cluster());
            optional(line, "clusterId", change.clusterId());
            line.writeStringField("from", change.from());
            optional(line, "fromId", change.fromId());
            line.writeStringField("to", change.to());
            optional(line, "toId", change.toId());
            line.writeNumberField("term", change.raftTerm());
            line.writeStringField("observedAt", MILLIS.format(change.observedAt()));
            line.writeStringField("planned", change.planned().name().toLowerCase(Locale.ROOT));
            line.writeBooleanField("regained", change.regained());
        });
        return new Line(
                Output.CHANGES,
                change.observedAt().toEpochMilli(),
                change.cluster(),
                change.to(),
                Long.toString(change.raftTerm()),
                json);
    }

    static Line of(Alert alert) {
        String json = write(line -> {
            line.writeStringField("id", alert.id());
            line.writeStringField("rule", alert.rule());
            line.writeStringField("severity", alert.severity().name().toLowerCase(Locale.ROOT));
            line.writeStringField("cluster", alert.cluster());
            optional(line, "clusterId", alert.clusterId());
            line.writeStringField("member", alert.member());
            optional(line, "memberId", alert.memberId());
            line.writeStringField("status", alert.status().name().toLowerCase(Locale.ROOT));
            line.writeStringField("at", MILLIS.format(alert.at()));
            line.writeStringField("startedAt", MILLIS.format(alert.startedAt()));
            line.writeStringField("summary", alert.summary());
            line.writeStringField("cause", alert.cause());
            optional(line, "partOf", alert.partOf());
            optional(line, "runbook", alert.runbook());
            line.writeArrayFieldStart("evidence");
            for (Alert.Evidence evidence : alert.evidence()) {
                line.writeStartObject();
                line.writeStringField("what", evidence.what());
                line.writeStringField("value", evidence.value());
                line.writeStringField("at", MILLIS.format(evidence.at()));
                line.writeEndObject();
            }
            line.writeEndArray();
        });
        return new Line(
                Output.ALERTS,
                alert.at().toEpochMilli(),
                alert.cluster(),
                alert.member() == null ? "" : alert.member(),
                alert.rule() + ' ' + alert.status().ordinal(),
                json);
    }

    /** Whose window it is. */
    private record Scope(
            String scope,
            @Nullable String cluster,
            @Nullable String clusterId,
            @Nullable String member,
            @Nullable String memberId,
            @Nullable String group,
            Instant windowStart,
            Instant windowEnd,
            boolean gap,
            int version) {

        Line line(String metric, String labels, Fields values) {
            String json = write(line -> {
                line.writeStringField("scope", scope);
                line.writeStringField("cluster", cluster);
                optional(line, "clusterId", clusterId);
                line.writeStringField("member", member);
                optional(line, "memberId", memberId);
                line.writeStringField("group", group);
                line.writeStringField("metric", metric);
                line.writeObjectFieldStart("labels");
                for (Map.Entry<String, String> label : Labels.parse(labels).entrySet()) {
                    line.writeStringField(label.getKey(), label.getValue());
                }
                line.writeEndObject();
                line.writeStringField("windowStart", MILLIS.format(windowStart));
                line.writeStringField("windowEnd", MILLIS.format(windowEnd));
                values.writeTo(line);
                line.writeBooleanField("gap", gap);
                line.writeNumberField("version", version);
            });
            return new Line(
                    Output.WINDOWS,
                    windowEnd.toEpochMilli(),
                    cluster == null ? "" : cluster,
                    member == null ? "" : member,
                    metric + ' ' + labels + ' ' + scope,
                    json);
        }
    }

    private static List<Line> windows(Scope scope, Measures measures) {
        List<Line> lines = new ArrayList<>();
        for (Histogram histogram : measures.histograms()) {
            lines.add(scope.line(histogram.metric(), histogram.labels(), line -> histogram(line, histogram)));
        }
        for (Sample counter : measures.counters()) {
            lines.add(
                    scope.line(counter.metric(), counter.labels(), line -> number(line, "increase", counter.value())));
        }
        for (GaugeRange gauge : measures.gauges()) {
            lines.add(scope.line(gauge.metric(), gauge.labels(), line -> {
                number(line, "min", gauge.min());
                number(line, "mean", gauge.mean());
                number(line, "max", gauge.max());
                number(line, "last", gauge.last());
            }));
        }
        return lines;
    }

    private static void histogram(JsonGenerator line, Histogram histogram) throws IOException {
        line.writeNumberField("count", histogram.vector().total());
        number(line, "sum", histogram.vector().sum());
        line.writeFieldName("edges");
        line.writeArray(histogram.vector().edges(), 0, histogram.vector().edges().length);
        line.writeFieldName("counts");
        line.writeArray(histogram.vector().counts(), 0, histogram.vector().counts().length);
        if (histogram.vector().total() == 0) {
            return;
        }
        line.writeObjectFieldStart("quantiles");
        for (double level : Quantile.LEVELS) {
            Quantile quantile = histogram.vector().quantile(level);
            if (quantile != null) {
                line.writeObjectFieldStart(Double.toString(level));
                number(line, "low", quantile.low());
                number(line, "value", quantile.value());
                number(line, "high", quantile.high());
                line.writeEndObject();
            }
        }
        line.writeEndObject();
    }

    /** What writes some fields of a line. */
    private interface Fields {
        void writeTo(JsonGenerator line) throws IOException;
    }

    private static String write(Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator line = JSON.createGenerator(text)) {
            line.writeStartObject();
            fields.writeTo(line);
            line.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void optional(JsonGenerator line, String field, @Nullable String value) throws IOException {
        if (value != null) {
            line.writeStringField(field, value);
        }
    }

    /** JSON has no word for what is not a finite number: null. */
    private static void number(JsonGenerator line, String field, @Nullable Double value) throws IOException {
        if (value == null || !Double.isFinite(value)) {
            line.writeNullField(field);
        } else {
            line.writeNumberField(field, value);
        }
    }
}
