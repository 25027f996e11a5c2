package io.quorate.jobs.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.jobs.ledger.Truth.Event;
import io.quorate.jobs.ledger.Truth.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads one truth file. */
final class TruthReader {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What operators do on purpose, as plans and recordings call it. */
    private static final Set<String> PLANNED =
            Set.of("rolling-restart", "terminate", "compact", "defragment", "disarm");

    /** The same in recordings, where they are events of their own. */
    private static final Map<String, String> MOMENTS =
            Map.of("compact", "compact", "defrag", "defragment", "alarm_disarm", "disarm");

    private final Path file;
    private final JsonNode root;
    private final String alone;
    private final Span whole;
    private final List<Event> events = new ArrayList<>();

    /** A fault that goes on. */
    private record Open(Instant from, String cluster, String fault, Set<String> members, JsonNode said) {}

    private final List<Open> open = new ArrayList<>();
    private final Map<String, List<Instant>> notes = new LinkedHashMap<>();

    private TruthReader(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
        this.whole = new Span(time(root, "t0", ""), time(root, "t1", ""));
        this.alone = root.path("scenario").asText("");
    }

    static Truth read(Path file) {
        try {
            JsonNode root = JSON.readTree(Files.readString(file));
            if (root == null || !root.isObject() || !root.path("events").isArray()) {
                throw new IllegalArgumentException(
                        file + " holds no list 'events'; expected a truth, such as NAME.truth.json beside a recording");
            }
            return new TruthReader(file, root).read();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file + " is no JSON (" + e.getOriginalMessage()
                            + "); expected a truth, such as NAME.truth.json beside a recording",
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + " cannot be read; expected a truth, such as NAME.truth.json beside a recording; check the"
                            + " path",
                    e);
        }
    }

    private Truth read() {
        JsonNode said = root.path("events");
        for (int i = 0; i < said.size(); i++) {
            event(said.get(i), " of events[" + i + "]");
        }
        for (Open fault : open) {
            add(fault, whole.to());
        }
        notes.forEach((fault, at) -> {
            boolean begun = events.stream().anyMatch(event -> event.what().equals(fault));
            if (!begun) {
                Span span = new Span(whole.from(), at.get(at.size() - 1));
                events.add(new Event(alone, fault, false, Set.of(), span, at.get(0)));
            }
        });
        Map<String, Span> watched = new TreeMap<>();
        root.path("clusters")
                .forEach(cluster -> watched.put(cluster.path("cluster").asText(), whole));
        events.forEach(event -> watched.put(event.cluster(), whole));
        if (watched.isEmpty()) {
            watched.put(alone, whole);
        }
        return new Truth(events, watched);
    }

    private void event(JsonNode said, String where) {
        String word = said.path("event").asText();
        String cluster = said.path("cluster").asText(alone);
        String fault = said.path("fault").asText();
        switch (word) {
            case "fault_start" -> open.add(new Open(time(said, "t", where), cluster, fault, members(said), said));
            case "fault_end" -> end(time(said, "t", where), cluster, fault, members(said));
            case "fault" -> {
                Instant at = time(said, "t", where);
                add(new Open(at, cluster, fault, members(said), said), at);
            }
            case "fault_note" ->
                notes.computeIfAbsent(fault, noted -> new ArrayList<>()).add(time(said, "t", where));
            default -> {
                String moment = MOMENTS.get(word);
                if (moment != null) {
                    Instant at = time(said, "t", where);
                    add(new Open(at, cluster, moment, members(said), said), at);
                }
            }
        }
    }

    /** Of the fault of that name, or the oldest of the same members: recordings end a kill with {@code member_back}. */
    private void end(Instant at, String cluster, String fault, Set<String> members) {
        Open ended = null;
        for (Open one : open) {
            boolean fits = one.cluster().equals(cluster) && one.members().equals(members);
            boolean better = ended == null
                    || (one.fault().equals(fault) && !ended.fault().equals(fault));
            ended = fits && better ? one : ended;
        }
        if (ended != null) {
            open.remove(ended);
            add(ended, at);
        }
    }

    private void add(Open fault, Instant to) {
        boolean planned = fault.said().has("planned")
                ? fault.said().path("planned").asBoolean()
                : PLANNED.contains(fault.fault()) || fault.fault().contains("SIGTERM");
        events.add(
                new Event(fault.cluster(), fault.fault(), planned, fault.members(), new Span(fault.from(), to), null));
    }

    private static Set<String> members(JsonNode said) {
        Set<String> members = new TreeSet<>();
        if (said.path("members").isArray()) {
            said.path("members").forEach(member -> members.add(member.asText()));
        } else if (said.path("member").isTextual()) {
            members.add(said.path("member").asText());
        }
        return members;
    }

    private Instant time(JsonNode said, String field, String where) {
        @Nullable JsonNode seconds = said.get(field);
        if (seconds == null || !seconds.isNumber()) {
            throw new IllegalArgumentException(file + ": '" + field + "'" + where
                    + " is no number; expected seconds since the epoch; is it a truth file?");
        }
        return Instant.ofEpochMilli(Math.round(seconds.asDouble() * 1000));
    }
}
