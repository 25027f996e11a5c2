package io.quorate.desk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads elections out of etcd's zap logs: the truth that observed leader changes are held against. */
public final class Elections {
    private static final Pattern BECAME_LEADER = Pattern.compile("^([0-9a-f]+) became leader at term (\\d+)$");
    // etcd 3.4 writes the offset without a colon when it is not Z.
    private static final DateTimeFormatter ZAP_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss[.SSSSSS][.SSS]XX");
    private static final ObjectMapper JSON = new ObjectMapper();

    private Elections() {}

    /** All elections of the members' logs, in time order; keys are the members' names. */
    public static List<Election> inLogs(Map<String, Path> logs) {
        List<Election> elections = new ArrayList<>();
        logs.forEach((member, log) -> elections.addAll(inLog(member, log)));
        elections.sort(Comparator.comparing(Election::at).thenComparing(Election::term));
        return List.copyOf(elections);
    }

    /** The elections that one member won, as its own log tells. */
    public static List<Election> inLog(String member, Path log) {
        List<Election> elections = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                read(member, line).ifPresent(elections::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The log of " + member + " cannot be read: " + log, e);
        }
        return elections;
    }

    private static Optional<Election> read(String member, String line) {
        if (!line.contains("became leader at term")) {
            return Optional.empty();
        }
        try {
            JsonNode entry = JSON.readTree(line);
            Matcher message = BECAME_LEADER.matcher(entry.path("msg").asText());
            if (!message.matches()) {
                return Optional.empty();
            }
            return Optional.of(new Election(
                    OffsetDateTime.parse(entry.path("ts").asText(), ZAP_TIME).toInstant(),
                    message.group(1),
                    member,
                    Long.parseLong(message.group(2))));
        } catch (JsonProcessingException cutOff) {
            return Optional.empty(); // the line being written just now
        }
    }
}
