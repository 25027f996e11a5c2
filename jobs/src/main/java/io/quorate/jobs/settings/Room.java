package io.quorate.jobs.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.rules.yaml.Durations;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.rules.yaml.YamlSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One map of quorate.yaml. Every value that is read is noted with its default, so that what is printed as effective is what
 * was read. A value that the schema has refused reads as its default: nobody complains about it again.
 */
final class Room {

    /** What a header of HTTP can carry. */
    private static final Pattern ONE_LINE = Pattern.compile("[\\x20-\\x7e]+");

    private final Reading reading;
    private final String pointer;
    private final JsonNode node;
    private final ObjectNode effective = JsonNodeFactory.instance.objectNode();

    Room(Reading reading, String pointer, JsonNode node) {
        this.reading = reading;
        this.pointer = pointer;
        this.node = node;
    }

    String pointer() {
        return pointer;
    }

    ObjectNode effective() {
        return effective;
    }

    String at(String key) {
        return pointer + YamlFile.step(key);
    }

    /** Whether this key is here and can be read. */
    boolean has(String key) {
        return node.has(key) && !reading.spoilt(at(key));
    }

    /** Whether this key is here or was meant to be. */
    boolean means(String key) {
        return node.has(key) || reading.spoilt(at(key));
    }

    /** Whether this key was refused, so that nothing more can be said of it. */
    boolean spoilt(String key) {
        return reading.spoilt(at(key));
    }

    /** The elements of this list that can be read. */
    <T> List<T> each(String key, Function<Room, @Nullable T> element) {
        List<T> all = new ArrayList<>();
        for (Room one : has(key) ? rooms(key) : List.<Room>of()) {
            T read = element.apply(one);
            if (read != null) {
                all.add(read);
            }
        }
        return all;
    }

    Room room(String key) {
        Room room = new Room(reading, at(key), value(key));
        effective.set(key, room.effective);
        return room;
    }

    /** The maps in this list. */
    List<Room> rooms(String key) {
        List<Room> rooms = new ArrayList<>();
        var noted = JsonNodeFactory.instance.arrayNode();
        JsonNode list = value(key);
        for (int i = 0; i < list.size(); i++) {
            String at = at(key) + "/" + i;
            if (!reading.spoilt(at)) {
                Room room = new Room(reading, at, list.get(i));
                rooms.add(room);
                noted.add(room.effective);
            }
        }
        effective.set(key, noted);
        return rooms;
    }

    String text(String key, String otherwise) {
        String text = value(key).asText(otherwise);
        note(key, text);
        return text;
    }

    @Nullable
    String text(String key) {
        return has(key) ? text(key, "") : null;
    }

    int number(String key, int otherwise) {
        int number = value(key).asInt(otherwise);
        effective.put(key, number);
        return number;
    }

    boolean flag(String key, boolean otherwise) {
        boolean flag = value(key).asBoolean(otherwise);
        effective.put(key, flag);
        return flag;
    }

    Duration duration(String key, Duration otherwise) {
        Duration duration = has(key) ? Durations.parse(value(key).asText()) : otherwise;
        note(key, Durations.text(duration));
        return duration;
    }

    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        var noted = effective.putArray(key);
        value(key).forEach(text -> texts.add(text.asText()));
        texts.forEach(noted::add);
        return texts;
    }

    List<String> texts(String key, List<String> otherwise) {
        if (has(key)) {
            return texts(key);
        }
        var noted = effective.putArray(key);
        otherwise.forEach(noted::add);
        return otherwise;
    }

    /** The absolute paths of what may not be there yet. */
    List<String> paths(String key) {
        List<String> paths = texts(key).stream()
                .map(path -> reading.folder().resolve(path).toString())
                .toList();
        var noted = effective.putArray(key);
        paths.forEach(noted::add);
        return paths;
    }

    Map<String, String> labels(String key) {
        Map<String, String> labels = new LinkedHashMap<>();
        ObjectNode noted = effective.putObject(key);
        value(key).properties().forEach(label -> {
            labels.put(label.getKey(), label.getValue().asText());
            noted.put(label.getKey(), label.getValue().asText());
        });
        return labels;
    }

    /** Notes what is printed of a value that was read without a note. */
    void note(String key, String shown) {
        effective.put(key, shown);
    }

    /** Notes a value that somebody else reads, as it stands there. */
    void noteWhole(String key) {
        effective.set(key, value(key).deepCopy());
    }

    /** The absolute path of a readable file. */
    @Nullable
    String file(String key) {
        return path(
                key,
                "'" + key + "' is " + YamlSchema.shown(value(key).asText())
                        + ", which cannot be read; expected a readable" + " file, relative to this one");
    }

    /** The same for what people take for the slot of the secret itself: the path is not repeated. */
    @Nullable
    String secretFile(String key) {
        return path(
                key,
                "'" + key + "' names no readable file (not repeated, as it may hold a secret); expected the path of a"
                        + " readable file, relative to this one");
    }

    private @Nullable String path(String key, String problem) {
        if (!has(key)) {
            // A key that is refused is still a key: whoever needs it must not call it missing.
            return means(key) ? "refused" : null;
        }
        try {
            Path path = reading.folder().resolve(value(key).asText());
            note(key, path.toString());
            if (Files.isReadable(path) && !Files.isDirectory(path)) {
                return path.toString();
            }
        } catch (InvalidPathException e) {
            // No path at all: told below.
        }
        reading.problem(at(key), problem);
        return "refused";
    }

    /** What fills the slot of a secret; {@code file} is where it stands, null when it is from the environment. */
    record Secret(String value, @Nullable String file) {

        @Override
        public String toString() {
            return "***";
        }
    }

    /** From {@code SLOT-file} or {@code SLOT-env}; null when neither is set, or when it cannot be had. */
    @Nullable
    Secret secret(String slot) {
        String key = only(List.of(slot + "-file", slot + "-env"));
        if (key == null) {
            return null;
        }
        return key.endsWith("-env") ? fromEnvironment(key) : fromFile(key);
    }

    /** Which of these keys is set; a second one is a problem. */
    @Nullable
    String only(List<String> keys) {
        List<String> set = keys.stream().filter(this::has).toList();
        set.stream()
                .skip(1)
                .forEach(more -> reading.problem(
                        at(more), "'" + more + "' stands beside '" + set.get(0) + "'; expected one of the two"));
        return set.isEmpty() ? null : set.get(0);
    }

    private @Nullable Secret fromEnvironment(String key) {
        String variable = text(key, "");
        String value = reading.environment(variable);
        if (value == null) {
            reading.problem(
                    at(key),
                    "'" + key
                            + "' names an environment variable that is not set (not repeated, as it may hold a secret);"
                            + " expected the name of a variable that holds the secret; set it and try again");
            return null;
        }
        return secret(key, value, null);
    }

    private @Nullable Secret fromFile(String key) {
        String path = secretFile(key);
        if (path == null || path.equals("refused")) {
            return null;
        }
        try {
            return secret(key, Files.readString(Path.of(path)), path);
        } catch (IOException e) {
            reading.problem(at(key), "'" + key + "' cannot be read; expected a file with the secret alone in it");
            return null;
        }
    }

    private @Nullable Secret secret(String key, String value, @Nullable String file) {
        String stripped = value.strip();
        if (ONE_LINE.matcher(stripped).matches()) {
            return new Secret(stripped, file);
        }
        reading.problem(
                at(key),
                "'" + key + "' leads to " + (stripped.isEmpty() ? "nothing" : "more than one line of ASCII")
                        + "; expected the secret alone, in one line of ASCII");
        return null;
    }

    private JsonNode value(String key) {
        return has(key) ? node.path(key) : JsonNodeFactory.instance.missingNode();
    }
}
