package io.quorate.rules.yaml;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import com.fasterxml.jackson.dataformat.yaml.snakeyaml.error.Mark;
import com.fasterxml.jackson.dataformat.yaml.snakeyaml.error.MarkedYAMLException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A YAML file as a tree, with the line of every value in it.
 *
 * @param name as messages show it
 * @param root the tree; values are text, number, boolean, list or map as YAML reads them
 * @param lines from JSON pointer to line, 1-based
 * @param flaws what is wrong with it although it is a tree: keys that stand twice, aliases, a second document
 */
public record YamlFile(String name, JsonNode root, Map<String, Integer> lines, List<YamlBreach> flaws) {

    /** Words such as "no" and "on" are words. */
    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    /** No honest file of ours comes near this. */
    private static final int MOST_BYTES = 1 << 20;

    /**
     * Reads a file.
     *
     * @throws InvalidYaml when it cannot be read, is too large, or is no tree of YAML
     */
    public static YamlFile read(Path path) throws InvalidYaml {
        String name = path.toString();
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        } catch (IOException e) {
            throw problem(
                    name, 1, "cannot be read (" + reason(path, e) + "); expected a readable file; check the path");
        }
        if (bytes.length > MOST_BYTES) {
            throw problem(name, 1, "larger than 1 MiB; expected a file that a person wrote");
        }
        return parse(name, decoded(name, bytes));
    }

    private static String reason(Path path, IOException problem) {
        if (Files.isDirectory(path)) {
            return "it is a folder";
        }
        return problem instanceof NoSuchFileException
                ? "no such file"
                : problem instanceof AccessDeniedException
                        ? "permission denied"
                        : problem.getClass().getSimpleName();
    }

    private static String decoded(String name, byte[] bytes) throws InvalidYaml {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        // A decoder of its own reports what it cannot read; a String would put replacements there.
        if (StandardCharsets.UTF_8.newDecoder().decode(in, out, true).isError()) {
            int line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            throw problem(name, line, "not UTF-8; expected text in UTF-8; save the file in that encoding");
        }
        return out.flip().toString();
    }

    /** Reads text, under the name that messages shall show. */
    public static YamlFile parse(String name, String text) throws InvalidYaml {
        Map<String, Integer> lines = new HashMap<>();
        List<YamlBreach> flaws = new ArrayList<>();
        try (YAMLParser parser = YAML.createParser(text.getBytes(StandardCharsets.UTF_8))) {
            JsonToken first = parser.nextToken();
            JsonNode root = first == null ? NullNode.instance : value(parser, "", name, lines, flaws);
            if (root.isNull() || (root.isTextual() && root.asText().isBlank())) {
                throw problem(name, 1, "empty; expected a map of settings");
            }
            if (parser.nextToken() != null) {
                flaws.add(new YamlBreach(
                        Set.of(), new YamlProblem(name, line(parser), "a second document begins here; expected one")));
            }
            return new YamlFile(name, root, Map.copyOf(lines), List.copyOf(flaws));
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            throw notYaml(name, mark == null ? 1 : mark.getLine() + 1, e.getProblem());
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw notYaml(name, at == null ? 1 : at.getLineNr(), e.getOriginalMessage());
        } catch (IOException e) {
            throw notYaml(name, 1, e.getMessage());
        }
    }

    private static InvalidYaml notYaml(String name, int line, @Nullable String reason) {
        return problem(
                name,
                Math.max(1, line),
                "not YAML: " + firstLine(reason)
                        + "; expected YAML; check indentation, quotes and brackets up to here");
    }

    /** This tree as text that {@link #parse} reads as the same tree. */
    public static String text(JsonNode root) {
        try {
            return new ObjectMapper(YAML).writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
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

    /** What stands at a pointer, as a file of its own with the lines that it has. */
    public YamlFile entry(String pointer) {
        Map<String, Integer> within = new HashMap<>();
        within.put("", line(pointer));
        lines.forEach((at, line) -> {
            if (at.startsWith(pointer + "/")) {
                within.put(at.substring(pointer.length()), line);
            }
        });
        return new YamlFile(name, root.at(pointer), Map.copyOf(within), List.of());
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
            YAMLParser parser, String pointer, String name, Map<String, Integer> lines, List<YamlBreach> flaws)
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
                        flaws.add(new YamlBreach(
                                Set.of(),
                                new YamlProblem(
                                        name,
                                        line(parser),
                                        "'" + key + "' stands here a second time; expected it once")));
                    }
                    lines.put(at, line(parser));
                    parser.nextToken();
                    object.set(key, value(parser, at, name, lines, flaws));
                }
                return object;
            }
            case START_ARRAY -> {
                ArrayNode array = nodes.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser, pointer + "/" + array.size(), name, lines, flaws));
                }
                return array;
            }
            case VALUE_NUMBER_INT -> {
                return nodes.numberNode(parser.getBigIntegerValue());
            }
            case VALUE_NUMBER_FLOAT -> {
                double number = parser.getDoubleValue();
                // .inf, .nan and 1e999 are numbers to YAML only.
                return Double.isFinite(number) ? nodes.numberNode(number) : nodes.textNode(parser.getText());
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
                if (parser.isCurrentAlias()) {
                    flaws.add(new YamlBreach(
                            Set.of(pointer),
                            new YamlProblem(
                                    name, line(parser), "an alias; expected the value itself, as none are read here")));
                }
                return nodes.textNode(parser.getText());
            }
        }
    }

    private static int line(YAMLParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    private static InvalidYaml problem(String name, int line, String message) {
        return new InvalidYaml(List.of(new YamlProblem(name, line, message)));
    }
}
