package io.quorate.rules;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a threshold is held against, measured of one member or of a cluster's members together: a closed family. */
public sealed interface Signal extends Serializable {

    /** Everything it reads. */
    List<Selector> reads();

    /** How far it looks back from the end of the window that is judged; zero for that window alone. */
    Duration over();

    /**
     * A quantile of a histogram, known by its bucket.
     *
     * @param q in (0, 1)
     * @param atLeast how many operations must be slower than the limit for a breach
     */
    record QuantileOf(Selector of, double q, Duration over, int atLeast) implements Signal {

        public QuantileOf {
            if (!(q > 0 && q < 1)) {
                throw new IllegalArgumentException("a quantile lies between 0 and 1, not " + q);
            }
        }

        @Override
        public List<Selector> reads() {
            return List.of(of);
        }
    }

    /**
     * A gauge, or its ratio to another one. Series of one member are taken together as {@code take} says; a ratio is that of
     * series that agree in all labels, such as those of one file system.
     *
     * @param to what it is divided by; null for the gauge itself
     */
    record GaugeOf(Selector of, @Nullable Selector to, Take take, Duration over) implements Signal {

        @Override
        public List<Selector> reads() {
            return Stream.of(of, to).filter(Objects::nonNull).toList();
        }
    }

    /** Which of a gauge's samples count. */
    enum Take {
        LAST,
        MIN,
        MAX,
        MEAN,
        /** The last one by the least one: 2 when it doubled. */
        RISE
    }

    /** How much a counter grew, its series summed; per second, where that is asked. */
    record IncreaseOf(Selector of, Duration over, boolean perSecond) implements Signal {

        @Override
        public List<Selector> reads() {
            return List.of(of);
        }
    }

    /**
     * The share of some increases among others: failed calls among all calls.
     *
     * @param among what 100 % is
     * @param atLeast how many of {@code of} there must be for a breach
     * @param each the label by which both are told apart, the worst value counts; null for all series together
     */
    record ShareOf(
            Selector of,
            Selector among,
            Duration over,
            int atLeast,
            @Nullable String each) implements Signal {

        @Override
        public List<Selector> reads() {
            return List.of(of, among);
        }
    }

    /**
     * What a gauge will be when it goes on as it did, by least squares; divided by the last value of another one where one is
     * given.
     */
    record ForecastOf(Selector of, @Nullable Selector to, Duration over, Duration ahead) implements Signal {

        @Override
        public List<Selector> reads() {
            return Stream.of(of, to).filter(Objects::nonNull).toList();
        }
    }

    /**
     * How much of a device's speed the growth of a counter takes, of the busiest device: series that agree in all labels are
     * of one device. One that shows no speed, or none above zero, as virtual ones do, is left out.
     *
     * @param to the gauge of the speed, per second
     */
    record UtilizationOf(Selector of, Selector to, Duration over) implements Signal {

        @Override
        public List<Selector> reads() {
            return List.of(of, to);
        }
    }

    /** How many values of a label have a counter that grows faster than so much per second. */
    record CountOf(Selector of, String by, Duration over, double rateAbove) implements Signal {

        @Override
        public List<Selector> reads() {
            return List.of(of);
        }
    }

    /** How often a gauge moved from sample to sample: a process that began anew. */
    record ChangesOf(Selector of, Duration over) implements Signal {

        @Override
        public List<Selector> reads() {
            return List.of(of);
        }
    }

    /** How many rules are blind here for lack of a metric. */
    record BlindRules() implements Signal {

        @Override
        public List<Selector> reads() {
            return List.of();
        }

        @Override
        public Duration over() {
            return Duration.ZERO;
        }
    }
}
