package io.quorate.rules;

import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of the metrics that rules may read, before any reading is there. */
public interface KnownMetrics {

    /** What this one is; empty when it is unknown. */
    Optional<Known> of(String name);

    /** All that are known. */
    Collection<String> names();

    enum Kind {
        HISTOGRAM,
        COUNTER,
        GAUGE
    }

    /**
     * One metric.
     *
     * @param unit such as {@code seconds}, {@code bytes}, {@code bool}
     * @param extensive shown only when etcd runs with {@code --metrics=extensive}
     * @param since first version of etcd that has it, such as {@code 3.6}; null when all that matter have it
     * @param bornByUse not there before its first event
     */
    record Known(
            Kind kind,
            String unit,
            boolean extensive,
            @Nullable String since,
            boolean bornByUse) {}
}
