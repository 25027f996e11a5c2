package io.quorate.sinks.receivers.kafka;

import io.quorate.events.Alert;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.PlacedAlert;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.http.Poster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record per alert, with the cluster as its key and the message's key as a header. Delivered is what all in-sync
 * replicas have. The topic is not made here: who reads it knows how it should be.
 */
final class KafkaTopicReceiver implements Receiver {

    private static final int WAITING = 1_000;

    private final KafkaTopicSettings settings;

    /** Asking a producer may block while it looks for brokers. */
    private final ExecutorService thread;

    private @Nullable KafkaProducer<String, byte[]> producer;

    KafkaTopicReceiver(KafkaTopicSettings settings) {
        this.settings = settings;
        this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING), task -> {
            Thread made = new Thread(task, "kafka-" + settings.name());
            made.setDaemon(true);
            return made;
        });
    }

    @Override
    public CompletableFuture<Answer> send(Message message) {
        List<PlacedAlert> alerts = message.alerts();
        CompletableFuture<?>[] written = new CompletableFuture<?>[alerts.size()];
        for (int i = 0; i < written.length; i++) {
            written[i] = write(record(message, alerts.get(i)));
        }
        return CompletableFuture.allOf(written)
                .<Answer>thenApply(all -> new Answer.Delivered(null, null))
                .exceptionally(KafkaTopicReceiver::judge);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        KafkaProducer<String, byte[]> open;
        synchronized (this) {
            open = producer;
            producer = null;
        }
        if (open != null) {
            open.close(Duration.ZERO);
        }
    }

    private CompletableFuture<Void> write(ProducerRecord<String, byte[]> record) {
        CompletableFuture<Void> written = new CompletableFuture<Void>()
                .orTimeout(settings.terms().timeout().toMillis(), TimeUnit.MILLISECONDS);
        try {
            thread.execute(() -> {
                if (written.isDone()) {
                    return;
                }
                try {
                    producer().send(record, (at, failure) -> {
                        if (failure == null) {
                            written.complete(null);
                        } else {
                            written.completeExceptionally(failure);
                        }
                    });
                } catch (RuntimeException e) {
                    written.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException full) {
            written.completeExceptionally(full);
        }
        return written;
    }

    /** Looks for its brokers' names when it is made, so it is made late and by the thread that may wait. */
    private synchronized KafkaProducer<String, byte[]> producer() {
        if (producer == null) {
            int timeout = Math.toIntExact(settings.terms().timeout().toMillis());
            Map<String, Object> how = new LinkedHashMap<>();
            how.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
            how.put(ProducerConfig.CLIENT_ID_CONFIG, "quorate-" + settings.name());
            how.put(ProducerConfig.ACKS_CONFIG, "all");
            how.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
            how.put(ProducerConfig.LINGER_MS_CONFIG, 0);
            how.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeout);
            how.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout);
            how.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeout);
            producer = new KafkaProducer<>(how, new StringSerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    private ProducerRecord<String, byte[]> record(Message message, PlacedAlert placed) {
        Alert alert = placed.alert();
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(settings.topic(), alert.cluster(), Poster.bytes(said(placed)));
        record.headers().add("idempotency-key", message.key().getBytes(StandardCharsets.UTF_8));
        return record;
    }

    /** As {@code quorate backtest --alerts} writes an alert, and its place beside it. */
    private static Map<String, @Nullable Object> said(PlacedAlert placed) {
        Alert alert = placed.alert();
        Map<String, @Nullable Object> said = new LinkedHashMap<>();
        said.put("id", alert.id());
        said.put("rule", alert.rule());
        said.put("severity", word(alert.severity()));
        said.put("cluster", alert.cluster());
        said.put("member", alert.member());
        said.put("status", word(alert.status()));
        said.put("at", alert.at().toString());
        said.put("startedAt", alert.startedAt().toString());
        said.put("summary", alert.summary());
        said.put("cause", alert.cause());
        said.put("runbook", alert.runbook());
        said.put(
                "evidence",
                alert.evidence().stream()
                        .map(seen -> Map.of(
                                "what",
                                seen.what(),
                                "value",
                                seen.value(),
                                "at",
                                seen.at().toString()))
                        .toList());
        said.put("labels", placed.labels());
        said.put("host", placed.host());
        said.put("role", placed.role());
        said.put("spread", placed.spread());
        return said;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** In words of ours: theirs may hold more than a ledger should. */
    private static Answer judge(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (cause instanceof TimeoutException || cause instanceof java.util.concurrent.TimeoutException) {
            return new Answer.WorthRetrying(null, "no answer in time: no broker, or no such topic", null);
        }
        String detail = "Kafka did not take it: " + cause.getClass().getSimpleName();
        return cause instanceof ApiException && !(cause instanceof RetriableException)
                ? new Answer.Refused(null, detail)
                : new Answer.WorthRetrying(null, detail, null);
    }
}
