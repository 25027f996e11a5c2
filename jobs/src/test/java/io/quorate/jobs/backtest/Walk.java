package io.quorate.jobs.backtest;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Through a history as its readers go: span after span, each beginning where the last one ended. */
final class Walk {

    private Walk() {}

    /** All that was heard in [since, until); the last chunk is as short as it must be. */
    static List<Happened> chunks(History history, Instant since, Instant until, Duration length) throws IOException {
        List<Happened> all = new ArrayList<>();
        try (History.Reader reader = history.open(since)) {
            Instant from = since;
            while (from.isBefore(until)) {
                Instant to = from.plus(length).isBefore(until) ? from.plus(length) : until;
                all.addAll(reader.chunk(from, to));
                from = to;
            }
        }
        return all;
    }
}
