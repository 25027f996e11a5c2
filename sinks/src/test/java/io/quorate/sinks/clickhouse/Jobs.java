package io.quorate.sinks.clickhouse;

import io.quorate.events.DeadLetter;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** Small bounded jobs that save what they are given. */
final class Jobs {

    private static final Map<String, List<DeadLetter>> REFUSED = new ConcurrentHashMap<>();

    private Jobs() {}

    /** Runs to the end; what was refused comes back. */
    @SafeVarargs
    static <E> List<DeadLetter> save(
            BiFunction<DataStream<E>, ClickHouseSettings, ClickHouseTables.Saved> way,
            ClickHouseSettings settings,
            E... events)
            throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(
                new Configuration().set(PipelineOptions.GENERIC_TYPES, false));
        env.setParallelism(1);
        String run = UUID.randomUUID().toString();
        way.apply(env.fromData(events), settings)
                .refused()
                .map(new Remember(run))
                .returns(DeadLetter.class)
                .sinkTo(new DiscardingSink<>());
        env.execute();
        return REFUSED.getOrDefault(run, List.of());
    }

    /** Flink's own collecting sink brings the TaskManager down when its neighbour fails to open. */
    private static final class Remember extends RichMapFunction<DeadLetter, DeadLetter> {

        private final String run;

        Remember(String run) {
            this.run = run;
        }

        @Override
        public void open(OpenContext context) {
            REFUSED.put(run, new CopyOnWriteArrayList<>());
        }

        @Override
        public DeadLetter map(DeadLetter letter) {
            REFUSED.get(run).add(letter);
            return letter;
        }
    }
}
