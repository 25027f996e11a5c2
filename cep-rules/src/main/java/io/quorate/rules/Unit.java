package io.quorate.rules;

/** What a number is counted in. */
enum Unit {
    SECONDS("a duration like 32ms"),
    BYTES("a size like 100MiB"),
    RATIO("a share like 95 %"),
    NUMBER("a number");

    private final String example;

    Unit(String example) {
        this.example = example;
    }

    /** How people write it. */
    String example() {
        return example;
    }

    /** By the name of the metric, which Prometheus' conventions end in its unit. */
    static Unit of(String metric) {
        String name = metric.endsWith("_total") ? metric.substring(0, metric.length() - "_total".length()) : metric;
        if (name.endsWith("_seconds")) {
            return SECONDS;
        }
        return name.endsWith("_bytes") ? BYTES : NUMBER;
    }

    /** Of what a signal measures. */
    static Unit of(Signal signal) {
        if (signal instanceof Signal.QuantileOf quantile) {
            return of(quantile.of().metric());
        }
        if (signal instanceof Signal.GaugeOf gauge) {
            if (gauge.take() == Signal.Take.RISE) {
                return NUMBER;
            }
            return gauge.to() == null ? of(gauge.of().metric()) : RATIO;
        }
        if (signal instanceof Signal.ForecastOf forecast) {
            return forecast.to() == null ? of(forecast.of().metric()) : RATIO;
        }
        if (signal instanceof Signal.ShareOf || signal instanceof Signal.UtilizationOf) {
            return RATIO;
        }
        if (signal instanceof Signal.IncreaseOf increase) {
            Unit counted = of(increase.of().metric());
            // Seconds per second have no unit.
            return increase.perSecond() && counted == SECONDS ? RATIO : counted;
        }
        return NUMBER;
    }
}
