package io.quorate.simulator.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A piece of YAML and the line where it stands: a scalar, a list or keys with values, whichever is not null. */
record YamlNode(
        int line,
        @Nullable String scalar,
        @Nullable List<YamlNode> list,
        @Nullable Map<String, YamlNode> keys) {

    /** The whole text, with what is wrong with it in {@code problems}. */
    static @Nullable YamlNode parse(String text, Problems problems) {
        try (YAMLParser parser = new YAMLFactory().createParser(text)) {
            if (parser.nextToken() == null) {
                problems.add(1, "the file is empty, expected a plan");
                return null;
            }
            return read(parser, problems);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            problems.add(
                    line,
                    "no YAML: "
                            + String.valueOf(e.getOriginalMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse(""));
            return null;
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory cannot fail", e);
        }
    }

    private static YamlNode read(YAMLParser parser, Problems problems) throws IOException {
        int line = parser.currentTokenLocation().getLineNr();
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            Map<String, YamlNode> keys = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                int at = parser.currentTokenLocation().getLineNr();
                parser.nextToken();
                YamlNode value = read(parser, problems);
                if (keys.put(key, new YamlNode(at, value.scalar, value.list, value.keys)) != null) {
                    problems.add(at, key + ": stands twice");
                }
            }
            return new YamlNode(line, null, null, keys);
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<YamlNode> list = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                list.add(read(parser, problems));
            }
            return new YamlNode(line, null, list, null);
        }
        return new YamlNode(line, parser.getText(), null, null);
    }
}
