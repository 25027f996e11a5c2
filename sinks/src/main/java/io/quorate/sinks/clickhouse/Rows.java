package io.quorate.sinks.clickhouse;

import io.quorate.events.DeadLetter;
import io.quorate.events.codec.EventCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Turns events into rows and diverts those that ClickHouse would refuse or silently mangle: after this point one bad row
 * would fail the job again at every restart.
 */
final class Rows<E, R> extends ProcessFunction<E, R> {

    static final OutputTag<DeadLetter> REFUSED = new OutputTag<>("refused-rows") {};

    private final Table<R> table;
    private final Column.Of<E, List<R>> rows;
    private final Column.Of<R, @Nullable String> cluster;
    private final Column.Of<R, @Nullable OutputTag<R>> apart;
    private transient @Nullable EventCodec<R> codec;
    private transient @Nullable Counter refused;

    /** @param apart where a row goes that another table takes, under that table's name; null for this table */
    Rows(
            Table<R> table,
            Column.Of<E, List<R>> rows,
            Column.Of<R, @Nullable String> cluster,
            Column.Of<R, @Nullable OutputTag<R>> apart) {
        this.table = table;
        this.rows = rows;
        this.cluster = cluster;
        this.apart = apart;
    }

    @Override
    public void open(OpenContext context) {
        codec = new EventCodec<>(table.rows());
        refused = getRuntimeContext().getMetricGroup().counter("refusedRows");
    }

    @Override
    public void processElement(E event, Context context, Collector<R> out) {
        for (R row : rows.apply(event)) {
            List<String> problems = table.problems(row);
            OutputTag<R> elsewhere = apart.apply(row);
            if (!problems.isEmpty()) {
                context.output(REFUSED, letter(row, elsewhere == null ? table.name() : elsewhere.getId(), problems));
            } else if (elsewhere != null) {
                context.output(elsewhere, row);
            } else {
                out.collect(row);
            }
        }
    }

    private DeadLetter letter(R row, String name, List<String> problems) {
        if (codec == null || refused == null) {
            throw new IllegalStateException("asked before it was opened");
        }
        refused.inc();
        return new DeadLetter(
                "clickhouse table " + name,
                "unwritable",
                String.join("; ", problems),
                cluster.apply(row),
                new String(codec.encode(row), StandardCharsets.UTF_8),
                Instant.now());
    }
}
