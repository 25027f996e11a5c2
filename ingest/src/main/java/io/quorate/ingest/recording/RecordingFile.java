package io.quorate.ingest.recording;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.MemberScrape;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.prometheus.NodePages;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
        Reading reading = new Reading();
        List<String> refused = new ArrayList<>();
        int number = 0;
        try (BufferedReader lines = open()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                try {
                    reading.take(line);
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
        List<RecordedPoll> records = reading.records();
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

    /** What the lines so far said. Members' pages wait for the machine's: lines are in no order. */
    private final class Reading {

        private final List<RecordedPoll> others = new ArrayList<>();
        private final List<Page> pages = new ArrayList<>();
        /** By cluster: its members share one machine. */
        private final Map<String, NodePages> nodes = new HashMap<>();

        private final TextFormat format = new TextFormat(Catalogue.shipped(), Set.of());
        private final TextFormat formatOfNodes = NodePages.format(Catalogue.shipped());

        private record Page(RecordedPoll.Head head, ScrapeAssembler samples) {}

        void take(String line) throws UnreadableLine {
            JsonNode node = json(line, "the line");
            if (!node.isObject()) {
                throw new UnreadableLine("no JSON object, expected {t, d, cluster, member, kind, body | err}");
            }
            switch (text(node, "kind")) {
                case "metrics" -> metrics(node, head(node, RecordedPoll.Kind.METRICS));
                case "status" -> answer(node, head(node, RecordedPoll.Kind.STATUS), RecordingFile::status);
                case "status_http" ->
                    answer(node, head(node, RecordedPoll.Kind.STATUS_HTTP), RecordingFile::statusHttp);
                case "node" -> node(node);
                default -> {
                    // For people.
                }
            }
        }

        private void metrics(JsonNode line, RecordedPoll.Head head) throws UnreadableLine {
            RecordedPoll failed = failure(line, head);
            if (failed != null) {
                others.add(failed);
                return;
            }
            ScrapeAssembler samples = new ScrapeAssembler();
            format.read(page(line), samples);
            if (samples.isEmpty()) {
                throw new UnreadableLine(
                        "body shows no metric of the catalogue, expected a page in Prometheus' format");
            }
            pages.add(new Page(head, samples));
        }

        private void answer(JsonNode line, RecordedPoll.Head head, Answered answered) throws UnreadableLine {
            RecordedPoll failed = failure(line, head);
            others.add(failed == null ? answered.poll(head, body(line)) : failed);
        }

        /** Of a poll that failed nothing is taken: the page before it is the newest. */
        private void node(JsonNode line) throws UnreadableLine {
            String cluster = text(line, "cluster");
            String node = text(line, "member");
            Instant at = instant(seconds(line, "t"));
            if (line.hasNonNull("err")) {
                return;
            }
            ScrapeAssembler shown = new ScrapeAssembler();
            formatOfNodes.read(page(line), shown);
            if (shown.isEmpty()) {
                throw new UnreadableLine("body shows no metric of the catalogue, expected a page of node-exporter");
            }
            nodes.computeIfAbsent(cluster, unseen -> new NodePages(node)).add(at, shown);
        }

        List<RecordedPoll> records() {
            List<RecordedPoll> records = new ArrayList<>(others);
            for (Page page : pages) {
                RecordedPoll.Head head = page.head();
                NodePages node = nodes.get(head.cluster());
                if (node != null) {
                    node.joinTo(page.samples(), head.observedAt());
                }
                MemberScrape scrape = page.samples()
                        .scrape(head.cluster(), head.member(), head.source(), head.observedAt(), head.observedAt());
                records.add(RecordedPoll.scraped(
                        head,
                        scrape,
                        page.samples().deadLetter(head.cluster(), head.member(), head.source(), head.observedAt())));
            }
            return records;
        }
    }

    private interface Answered {
        RecordedPoll poll(RecordedPoll.Head head, JsonNode body) throws UnreadableLine;
    }

    private RecordedPoll.Head head(JsonNode line, RecordedPoll.Kind kind) throws UnreadableLine {
        double at = seconds(line, "t");
        if (kind != RecordedPoll.Kind.METRICS) {
            at += line.hasNonNull("d") ? seconds(line, "d") : 0;
        }
        return new RecordedPoll.Head(kind, text(line, "cluster"), text(line, "member"), name(), instant(at));
    }

    private static Instant instant(double seconds) {
        return Instant.ofEpochMilli(Math.round(seconds * 1000));
    }

    private static @Nullable RecordedPoll failure(JsonNode line, RecordedPoll.Head head) {
        JsonNode err = line.get("err");
        return err == null || err.isNull() ? null : RecordedPoll.failed(head, failureClass(err.asText()), err.asText());
    }

    private static JsonNode body(JsonNode line) throws UnreadableLine {
        JsonNode body = line.get("body");
        if (body == null) {
            throw new UnreadableLine("neither body nor err, expected one of them");
        }
        return body;
    }

    private static String page(JsonNode line) throws UnreadableLine {
        JsonNode body = body(line);
        if (!body.isTextual()) {
            throw new UnreadableLine("body is no text, expected a page in Prometheus' format");
        }
        return body.textValue();
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
