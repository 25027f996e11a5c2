package io.quorate.rules.yaml;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A YAML file as a tree, with the line of every value in it.
 *
 * @param name as messages show it
 * @param root the tree; values are text, number, boolean, list or map as YAML reads them
 * @param lines from JSON pointer to line, 1-based
 */
public record YamlFile(String name, JsonNode root, Map<String, Integer> lines) {

    /** Words such as "no" and "on" are words. */
    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .build();

    /** Aliases can make a small file a huge tree; no honest file of ours comes near this. */
    private static final int MOST_BYTES = 1 << 20;

    /**
     * Reads a file.
     *
     * @throws InvalidYaml when it cannot be read, is too large, is not YAML, or names a key twice
     */
    public static YamlFile read(Path path) throws InvalidYaml {
        try {
            if (Files.size(path) > MOST_BYTES) {
                throw problem(path.toString(), 1, "larger than 1 MiB; expected a file that a person wrote");
            }
            return parse(path.toString(), Files.readString(path));
        } catch (IOException e) {
            throw problem(
                    path.toString(),
                    1,
                    "cannot be read (" + e.getClass().getSimpleName() + "); expected a readable file; check the path");
        }
    }

    /** Reads text, under the name that messages shall show. */
    public static YamlFile parse(String name, String text) throws InvalidYaml {
        Map<String, Integer> lines = new HashMap<>();
        List<YamlProblem> problems = new ArrayList<>();
        try (JsonParser parser = YAML.createParser(text.getBytes(StandardCharsets.UTF_8))) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw problem(name, 1, "empty; expected a map of settings");
            }
            JsonNode root = value(parser, "", name, lines, problems);
            if (parser.nextToken() != null) {
                problems.add(new YamlProblem(name, line(parser), "a second document begins here; expected one"));
            }
            if (!problems.isEmpty()) {
                throw new InvalidYaml(problems);
            }
            return new YamlFile(name, root, Map.copyOf(lines));
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw problem(name, at == null ? 1 : at.getLineNr(), "not YAML: " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw problem(name, 1, "not YAML: " + firstLine(String.valueOf(e.getMessage())));
        }
    }

    /** The line of the value at this JSON pointer, or of the nearest value around it. */
    public int line(String pointer) {
        String at = pointer;
        while (true) {
            Integer line = lines.get(at);
            if (line != null) {
                return line;
            }
            int parent = at.lastIndexOf('/');
            if (parent < 0) {
                return 1;
            }
            at = at.substring(0, parent);
        }
    }

    /** A problem at the value of this JSON pointer. */
    public YamlProblem problemAt(String pointer, String message) {
        return new YamlProblem(name, line(pointer), message);
    }

    /** One key as a step of a JSON pointer. */
    public static String step(String key) {
        return "/" + key.replace("~", "~0").replace("/", "~1");
    }

    private static JsonNode value(
            JsonParser parser, String pointer, String name, Map<String, Integer> lines, List<YamlProblem> problems)
            throws IOException {
        lines.putIfAbsent(pointer, line(parser));
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = nodes.objectNode();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    String at = pointer + step(key);
                    if (object.has(key)) {
                        problems.add(new YamlProblem(
                                name, line(parser), "'" + key + "' stands here a second time; expected it once"));
                    }
                    lines.put(at, line(parser));
                    parser.nextToken();
                    object.set(key, value(parser, at, name, lines, problems));
                }
                return object;
            }
            case START_ARRAY -> {
                ArrayNode array = nodes.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser, pointer + "/" + array.size(), name, lines, problems));
                }
                return array;
            }
            case VALUE_NUMBER_INT -> {
                return nodes.numberNode(parser.getBigIntegerValue());
            }
            case VALUE_NUMBER_FLOAT -> {
                return nodes.numberNode(parser.getDoubleValue());
            }
            case VALUE_TRUE -> {
                return nodes.booleanNode(true);
            }
            case VALUE_FALSE -> {
                return nodes.booleanNode(false);
            }
            case VALUE_NULL -> {
                return nodes.nullNode();
            }
            default -> {
                return nodes.textNode(parser.getText());
            }
        }
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    private static InvalidYaml problem(String name, int line, String message) {
        return new InvalidYaml(List.of(new YamlProblem(name, line, message)));
    }
}
