package io.quorate.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.cli.output.OutputFormat;
import io.quorate.cli.stack.RunsBroker;
import io.quorate.desk.Home;
import io.quorate.events.DeadLetter;
import io.quorate.events.codec.EventCodec;
import io.quorate.jobs.kafka.DeadLetters;
import io.quorate.jobs.kafka.KafkaSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the jobs could not read, place or send; and the way back. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description = {
            "Show what the jobs could not read, place or send, with the reason.",
            "Without --config: those of the last run from here, also when it has ended."
        })
final class DeadLettersCommand implements Callable<Integer> {

    private static final int SHOWN_CHARACTERS = 160;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings that name a broker of one's own (kafka.bootstrap).")
    private @Nullable Path config;

    @Option(names = "--reason", paramLabel = "REASON", description = "Only those with this reason, such as unreadable.")
    private @Nullable String reason;

    @Option(
            names = "--replay",
            description = "Put back into their topic the records of a topic that this version can read.")
    private boolean replay;

    @Option(
            names = "--format",
            defaultValue = "text",
            paramLabel = "text|json",
            description = "text: two lines each, the record cut; json: one line each, whole.")
    private OutputFormat format = OutputFormat.TEXT;

    private final PrintStream out = System.out;
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, Integer> fates = new TreeMap<>();

    @Override
    public Integer call() throws Exception {
        try (RunsBroker broker = RunsBroker.open(Home.current(), config, "letters")) {
            read(broker.kafka());
        }
        return end();
    }

    private void read(KafkaSettings kafka) throws IOException {
        if (replay) {
            try (DeadLetters.Replay back = new DeadLetters.Replay(kafka)) {
                DeadLetters.each(kafka, letter -> tell(letter, back));
            }
        } else {
            DeadLetters.each(kafka, letter -> tell(letter, null));
        }
        if (format == OutputFormat.TEXT) {
            out.println(
                    counts.isEmpty() ? "No dead letters" + (reason == null ? "" : " with reason " + reason) : total());
        }
    }

    private void tell(DeadLetter letter, DeadLetters.@Nullable Replay back) {
        if (reason != null && !reason.equals(letter.reason())) {
            return;
        }
        counts.merge(letter.reason(), 1, Integer::sum);
        DeadLetters.Fate fate = back == null ? null : back.send(letter);
        if (fate != null) {
            fates.merge(fate.sent() ? "put back" : "not put back", 1, Integer::sum);
        }
        if (format == OutputFormat.JSON) {
            out.println(json(letter, fate));
        } else {
            out.println(letter.observedAt() + "  " + letter.reason() + "  " + letter.source()
                    + (letter.cluster() == null ? "" : "  " + letter.cluster()) + ": " + letter.detail()
                    + (fate == null ? "" : "; " + fate.words()));
            out.println("    " + cut(letter.record()));
        }
    }

    private static String json(DeadLetter letter, DeadLetters.@Nullable Fate fate) throws UncheckedIOException {
        byte[] record = new EventCodec<>(DeadLetter.class).encode(letter);
        if (fate == null) {
            return new String(record, StandardCharsets.UTF_8);
        }
        try {
            ObjectNode whole = (ObjectNode) JSON.readTree(record);
            return JSON.writeValueAsString(whole.put("replay", fate.words()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asked to put records back, it has not done what it was asked while one is left. */
    private int end() {
        return fates.containsKey("not put back") ? Quorate.DID_NOT_HOLD : 0;
    }

    private static String cut(String record) {
        String line = record.replaceAll("\\s+", " ").strip();
        return line.length() <= SHOWN_CHARACTERS
                ? line
                : line.substring(0, SHOWN_CHARACTERS) + " ... (" + record.length()
                        + " characters; --format json shows all)";
    }

    private String total() {
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        return all + " dead letters " + counts + (replay ? ", letters " + fates : "");
    }
}
