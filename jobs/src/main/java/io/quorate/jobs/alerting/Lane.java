package io.quorate.jobs.alerting;

import io.quorate.events.Alert.Severity;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.PlacedAlert;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One group of alerts on its way to one receiver: what the receiver was told, what waits, and the one message that is
 * under way. Within a lane everything is told in the order in which it came; lanes wait for nobody but themselves.
 *
 * <p>Its fields are its form in checkpoints, by their names.
 */
final class Lane {

    /** Ends the key of what only keeps a receiver from forgetting. */
    static final String REFRESH = "refresh";

    private static final Comparator<PlacedAlert> WORST_FIRST = Comparator.comparing(PlacedAlert::isOver)
            .thenComparing(
                    (PlacedAlert placed) -> placed.alert().severity(),
                    Comparator.<Severity>naturalOrder().reversed())
            .thenComparing(placed -> placed.alert().startedAt())
            .thenComparing(placed -> placed.alert().id());

    String receiver = "";
    String route = "";
    String group = "";
    Map<String, String> labels = new TreeMap<>();
    Instant openedAt = Instant.EPOCH;

    /** The newest of every alert of the group that this receiver was told of, or is being told of. */
    Map<String, PlacedAlert> told = new LinkedHashMap<>();

    /** Keys of the transitions that the receiver has, or that are settled otherwise. */
    Set<String> settled = new HashSet<>();

    List<PlacedAlert> waiting = new ArrayList<>();
    List<Severity> steps = new ArrayList<>();

    @Nullable
    Sending sending;

    @Nullable
    Instant lastSentAt;

    @Nullable
    Instant acknowledgedUntil;

    /** Somebody took it on, and the receiver was not told that yet. */
    @Nullable
    Acknowledgement untoldAcknowledgement;

    int reminders;
    int escalations;

    /** It holds what was told to others, who did not take it on. */
    boolean escalated;

    /** It holds several groups that were held back. */
    boolean summary;

    /** Not a field of the state: when something is to be done next. */
    transient @Nullable Instant due;

    static String idOf(String receiver, String group) {
        return receiver + ' ' + group;
    }

    String id() {
        return idOf(receiver, group);
    }

    /** Whether the receiver has this transition, or will have it without anything more being done. */
    boolean holds(PlacedAlert placed) {
        String key = Keys.of(placed.alert());
        return settled.contains(key)
                || waiting.stream().anyMatch(other -> Keys.of(other.alert()).equals(key))
                || (sending != null
                        && sending.news.stream()
                                .anyMatch(other -> Keys.of(other.alert()).equals(key)));
    }

    /** All that it was told of, and all that waits, is over. */
    boolean isOver() {
        return sending == null
                && waiting.isEmpty()
                && untoldAcknowledgement == null
                && told.values().stream().allMatch(PlacedAlert::isOver);
    }

    boolean fires() {
        return told.values().stream().anyMatch(placed -> !placed.isOver());
    }

    /** Whether people would hear of it for the first time. */
    boolean isUntold() {
        return lastSentAt == null && sending == null && !waiting.isEmpty();
    }

    boolean isAcknowledged(Instant now) {
        return acknowledgedUntil != null && now.isBefore(acknowledgedUntil);
    }

    /** Those that wait, up to where one of them has become something else again: each is told in its turn. */
    List<PlacedAlert> nextNews() {
        List<PlacedAlert> news = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (PlacedAlert placed : waiting) {
            if (!ids.add(placed.alert().id())) {
                break;
            }
            news.add(placed);
        }
        return news;
    }

    /** Puts the next message together. */
    Sending compose(List<PlacedAlert> news, Instant now) {
        waiting.removeAll(news);
        news.forEach(this::take);
        Sending next = new Sending();
        next.kind = kindOf(news);
        next.news = new ArrayList<>(news);
        next.key = keyOf(news);
        next.nextAttemptAt = now;
        sending = next;
        return next;
    }

    /** From now on this is what the receiver was told of it. */
    void take(PlacedAlert placed) {
        told.put(placed.alert().id(), placed);
        Severity severity = placed.alert().severity();
        boolean rises = !steps.isEmpty() && severity.compareTo(steps.get(steps.size() - 1)) > 0;
        if (steps.isEmpty() || (rises && !placed.isOver())) {
            steps.add(severity);
        }
    }

    private Message.Kind kindOf(List<PlacedAlert> news) {
        if (!fires()) {
            return Message.Kind.RESOLVED;
        }
        if (news.stream().allMatch(PlacedAlert::isOver)) {
            return Message.Kind.PARTLY_RESOLVED;
        }
        if (lastSentAt == null && summary) {
            return Message.Kind.SUMMARY;
        }
        return lastSentAt == null && escalated ? Message.Kind.ESCALATED : Message.Kind.FIRING;
    }

    /** Of one alert its own, which nobody needs to have seen to make it again; of several what they are. */
    private String keyOf(List<PlacedAlert> news) {
        if (news.size() == 1) {
            return Keys.of(news.get(0).alert());
        }
        return group + '-' + hash(Keys.of(news));
    }

    /** A message that tells nothing new. */
    Sending compose(Message.Kind kind, String step, Instant now) {
        Sending next = new Sending();
        next.kind = kind;
        next.key = group + '-' + step;
        next.nextAttemptAt = now;
        sending = next;
        return next;
    }

    /** It is settled, in one way or another. */
    void end(Sending settledOne) {
        settled.addAll(Keys.of(settledOne.news));
        if (settledOne.kind == Message.Kind.ACKNOWLEDGED) {
            untoldAcknowledgement = null;
        }
        sending = null;
    }

    Message message(Sending message, Instant now) {
        List<PlacedAlert> alerts = new ArrayList<>(told.values());
        alerts.sort(WORST_FIRST);
        return new Message(
                message.key,
                message.kind,
                group,
                labels,
                alerts,
                message.news.stream().map(placed -> placed.alert().id()).toList(),
                List.copyOf(steps),
                now);
    }

    /** What a line of the ledger is about, where the message told nothing new. */
    PlacedAlert worst() {
        return told.values().stream().min(WORST_FIRST).orElseThrow();
    }

    static String hash(Collection<String> parts) {
        String text = parts.stream().sorted().collect(Collectors.joining("\n"));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(hash, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** One message under way, and how often it was tried. */
    static final class Sending {

        String key = "";
        Message.Kind kind = Message.Kind.FIRING;
        List<PlacedAlert> news = new ArrayList<>();

        /** What it tells is not all in the ledger yet, and the ledger has not been asked. */
        boolean unplanned;

        int attempts;

        @Nullable
        Instant firstAttemptAt;

        Instant nextAttemptAt = Instant.EPOCH;

        /** Whom it was passed on to meanwhile; null while nobody else was asked. */
        @Nullable
        String passedTo;

        /** Not a field of the state: after a restart nobody answers any more. */
        transient boolean underWay;

        boolean isRefresh() {
            return key.endsWith('-' + REFRESH);
        }

        Instant firstAttempt() {
            return Objects.requireNonNull(firstAttemptAt, "firstAttemptAt");
        }
    }
}
