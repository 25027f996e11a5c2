package io.quorate.ingest.recording;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.prometheus.ScrapeAssembler;
import io.quorate.ingest.prometheus.TextFormat;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** One recording, {@code NAME.jsonl.gz} or {@code NAME.jsonl}: what a recorder saw of a cluster, line by line. */
public final class RecordingFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path path;

    public RecordingFile(Path path) {
        this.path = path;
    }

    /**
     * What a look through a recording found.
     *
     * @param lastRecordAt time of the last record that is used, answered or not; null when there is none
     * @param records how many are used
     * @param refused the damaged lines, as {@code file:line: what is wrong, what was expected}
     */
    public record Scan(String file, @Nullable Instant lastRecordAt, long records, List<String> refused) {}

    /** Looks the whole recording through. Damage is told, not thrown. */
    public Scan scan() {
        Contents contents = read();
        Instant last = contents.records.stream()
                .map(RecordedPoll::observedAt)
                .max(Comparator.naturalOrder())
                .orElse(null);
        return new Scan(name(), last, contents.records.size(), contents.refused);
    }

    /** The records that are used, in no order, and the lines that are not. */
    record Contents(List<RecordedPoll> records, List<String> refused) {}

    private record Member(String cluster, String member) {}

    Contents read() {
        List<RecordedPoll> records = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        TextFormat format = new TextFormat(Catalogue.shipped(), Set.of());
        int number = 0;
        try (BufferedReader lines = open()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                try {
                    RecordedPoll poll = poll(line, format);
                    if (poll != null) {
                        records.add(poll);
                    }
                } catch (UnreadableLine e) {
                    refused.add(name() + ":" + number + ": " + e.getMessage());
                }
            }
        } catch (NoSuchFileException e) {
            refused.add(name() + ": no such file, expected a recording at " + path);
        } catch (IOException e) {
            refused.add(name() + ":" + (number + 1) + ": the file breaks off here (" + e.getMessage()
                    + "), what stands before is used");
        }
        Set<Member> seenByGateway = new HashSet<>();
        for (RecordedPoll poll : records) {
            if (poll.kind() == RecordedPoll.Kind.STATUS_HTTP) {
                seenByGateway.add(new Member(poll.cluster(), poll.member()));
            }
        }
        records.removeIf(poll -> poll.kind() == RecordedPoll.Kind.STATUS
                && seenByGateway.contains(new Member(poll.cluster(), poll.member())));
        return new Contents(records, refused);
    }

    private @Nullable RecordedPoll poll(String line, TextFormat format) throws UnreadableLine {
        JsonNode node = json(line, "the line");
        if (!node.isObject()) {
            throw new UnreadableLine("no JSON object, expected {t, d, cluster, member, kind, body | err}");
        }
        RecordedPoll.Kind kind = switch (text(node, "kind")) {
            case "metrics" -> RecordedPoll.Kind.METRICS;
            case "status" -> RecordedPoll.Kind.STATUS;
            case "status_http" -> RecordedPoll.Kind.STATUS_HTTP;
            default -> null;
        };
        if (kind == null) {
            return null;
        }
        double at = seconds(node, "t");
        if (kind != RecordedPoll.Kind.METRICS) {
            at += node.hasNonNull("d") ? seconds(node, "d") : 0;
        }
        Instant observedAt = Instant.ofEpochMilli(Math.round(at * 1000));
        RecordedPoll.Head head =
                new RecordedPoll.Head(kind, text(node, "cluster"), text(node, "member"), name(), observedAt);
        JsonNode err = node.get("err");
        if (err != null && !err.isNull()) {
            return RecordedPoll.failed(head, failureClass(err.asText()), err.asText());
        }
        JsonNode body = node.get("body");
        if (body == null) {
            throw new UnreadableLine("neither body nor err, expected one of them");
        }
        return switch (kind) {
            case METRICS -> metrics(head, body, format);
            case STATUS -> status(head, body);
            case STATUS_HTTP -> statusHttp(head, body);
        };
    }

    private static RecordedPoll metrics(RecordedPoll.Head head, JsonNode body, TextFormat format)
            throws UnreadableLine {
        if (!body.isTextual()) {
            throw new UnreadableLine("body is no text, expected a page in Prometheus' format");
        }
        ScrapeAssembler assembler = new ScrapeAssembler();
        format.read(body.textValue(), assembler);
        if (assembler.isEmpty()) {
            throw new UnreadableLine("body shows no metric of the catalogue, expected a page in Prometheus' format");
        }
        return RecordedPoll.scraped(
                head,
                assembler.scrape(head.cluster(), head.member(), head.source(), head.observedAt(), head.observedAt()),
                assembler.deadLetter(head.cluster(), head.member(), head.source(), head.observedAt()));
    }

    private static RecordedPoll status(RecordedPoll.Head head, JsonNode body) throws UnreadableLine {
        JsonNode first = json(body.asText(), "body").path(0);
        if (!first.path("Status").isObject()) {
            throw new UnreadableLine("body is no answer of etcdctl endpoint status, expected [{Endpoint, Status}]");
        }
        return RecordedPoll.answered(
                head, StatusAnswer.read(first.path("Endpoint").asText(head.member()), first.get("Status")));
    }

    private static RecordedPoll statusHttp(RecordedPoll.Head head, JsonNode body) throws UnreadableLine {
        JsonNode http = body.path("http");
        JsonNode text = body.path("text");
        if (!http.isInt() || !text.isTextual()) {
            throw new UnreadableLine("body is not {http, text}");
        }
        if (http.intValue() != 200) {
            return RecordedPoll.failed(head, "error", "HTTP " + http.intValue() + ": " + text.textValue());
        }
        return RecordedPoll.answered(head, StatusAnswer.read(head.member(), json(text.textValue(), "body.text")));
    }

    private static String failureClass(String err) {
        String text = err.toLowerCase(Locale.ROOT);
        if (text.contains("refused")) {
            return "refused";
        }
        return text.contains("timed out") || text.contains("timeout") || text.contains("deadline")
                ? "timeout"
                : "error";
    }

    private static JsonNode json(String text, String where) throws UnreadableLine {
        try {
            JsonNode node = JSON.readTree(text);
            if (node == null || node.isMissingNode()) {
                throw new UnreadableLine(where + " is empty, expected JSON");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new UnreadableLine(where + " is no JSON: " + e.getOriginalMessage());
        }
    }

    private static String text(JsonNode node, String key) throws UnreadableLine {
        JsonNode value = node.path(key);
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw new UnreadableLine("no " + key + ", expected a text");
        }
        return value.textValue();
    }

    private static double seconds(JsonNode node, String key) throws UnreadableLine {
        JsonNode value = node.path(key);
        // Up to the year 9999: beyond, an instant cannot be written.
        if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() < 253_402_300_000.0)) {
            throw new UnreadableLine("no " + key + ", expected seconds");
        }
        return value.doubleValue();
    }

    private BufferedReader open() throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
        try {
            in.mark(2);
            boolean packed = in.read() == 0x1f && in.read() == 0x8b;
            in.reset();
            return new BufferedReader(
                    new InputStreamReader(packed ? new GZIPInputStream(in, 1 << 16) : in, StandardCharsets.UTF_8),
                    1 << 16);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private String name() {
        return String.valueOf(path.getFileName());
    }
}
