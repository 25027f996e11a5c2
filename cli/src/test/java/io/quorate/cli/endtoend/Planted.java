package io.quorate.cli.endtoend;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.jobs.kafka.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Incidents as detection tells them: each fires and is over. */
final class Planted {

    /** Intervals. */
    private static final int LASTS = 14;

    private Planted() {}

    static String id(int number) {
        return "%016x".formatted(number);
    }

    static Alert firing(int number, Instant at) {
        return alert(number, Status.FIRING, at, at);
    }

    static Alert over(int number, Instant startedAt, Instant at) {
        return alert(number, Status.RESOLVED, startedAt, at);
    }

    /**
     * Writes that many incidents to topic {@code alert}, one at each interval, each over after fourteen intervals.
     *
     * @return when each was written, in order; shorter when it was told to end
     */
    static List<Instant> plant(KafkaSettings kafka, int incidents, Duration interval, BooleanSupplier ends) {
        List<Instant> began = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = Topics.producer(kafka)) {
            for (int i = 0; i - LASTS < began.size(); i++) {
                Instant now = Instant.now();
                if (i < incidents && !ends.getAsBoolean()) {
                    began.add(now);
                    Topics.send(producer, firing(i, now));
                }
                if (i >= LASTS) {
                    Topics.send(producer, over(i - LASTS, began.get(i - LASTS), now));
                }
                LockSupport.parkNanos(interval.toNanos());
            }
        }
        return began;
    }

    /** Of twenty rules and a thousand clusters, one in three critical. */
    private static Alert alert(int number, Status status, Instant startedAt, Instant at) {
        return new Alert(
                id(number),
                "Planted" + number % 20,
                number % 3 == 0 ? Severity.CRITICAL : Severity.WARNING,
                "c" + number % 1_000,
                null,
                "m" + number % 3,
                null,
                status,
                at,
                startedAt,
                "planted incident " + number,
                null,
                null,
                null,
                List.of(new Evidence("number", Integer.toString(number), at)));
    }

    /** Of these incidents, those of which no page was taken. */
    static List<String> lost(int incidents, Map<String, List<Long>> taken) {
        List<String> lost = new ArrayList<>();
        for (int i = 0; i < incidents; i++) {
            if (!taken.containsKey(id(i) + " firing") || !taken.containsKey(id(i) + " resolved")) {
                lost.add(id(i));
            }
        }
        return lost;
    }

    /** Steps that were taken more than once, though under different keys. */
    static List<String> doubled(Map<String, List<Long>> taken) {
        return taken.entrySet().stream()
                .filter(step -> step.getValue().size() > 1)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Incidents whose end was taken before their page. */
    static List<String> inverted(int incidents, Map<String, List<Long>> taken) {
        List<String> inverted = new ArrayList<>();
        for (int i = 0; i < incidents; i++) {
            List<Long> firing = taken.get(id(i) + " firing");
            List<Long> over = taken.get(id(i) + " resolved");
            if (firing != null && over != null && over.get(0) < firing.get(0)) {
                inverted.add(id(i));
            }
        }
        return inverted;
    }
}
