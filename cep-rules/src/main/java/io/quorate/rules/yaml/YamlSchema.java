package io.quorate.rules.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A JSON schema that a YAML file must keep to; it tells every breach with its line, the expected value and, for an unknown
 * key, the nearest known one. A value's {@code description} in the schema says what is expected there.
 */
public final class YamlSchema {

    private final Schema schema;
    private final JsonNode text;

    private YamlSchema(Schema schema, JsonNode text) {
        this.schema = schema;
        this.text = text;
    }

    /** The schema in this resource beside {@code neighbour}. */
    public static YamlSchema resource(Class<?> neighbour, String resource) {
        try (InputStream in = neighbour.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("no schema " + resource + " in this build");
            }
            JsonNode text = new ObjectMapper().readTree(in);
            return new YamlSchema(
                    SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(text),
                    text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything in which this file breaks the schema; empty when it keeps to it. */
    public List<YamlProblem> problems(YamlFile file) {
        List<YamlProblem> problems = new ArrayList<>();
        for (Error error : schema.validate(file.root())) {
            String pointer = error.getInstanceLocation().toString();
            problems.add(
                    switch (error.getKeyword()) {
                        case "additionalProperties" ->
                            file.problemAt(
                                    pointer + YamlFile.step(error.getProperty()), unknownKey(error.getProperty()));
                        case "required" ->
                            file.problemAt(
                                    pointer,
                                    "'" + error.getProperty() + "' is missing; expected " + describe(error, "it here"));
                        default ->
                            file.problemAt(
                                    pointer,
                                    "'" + lastStep(pointer) + "' is "
                                            + file.root().at(pointer) + "; expected "
                                            + describe(error, error.getMessage()));
                    });
        }
        return problems.stream().distinct().sorted().toList();
    }

    private static String lastStep(String pointer) {
        return pointer.substring(pointer.lastIndexOf('/') + 1);
    }

    /** What the schema says in words of the offended value. */
    private String describe(Error error, String otherwise) {
        String path = error.getSchemaLocation().getFragment().toString();
        JsonNode offended = text.at(path.substring(0, Math.max(0, path.lastIndexOf('/'))));
        if ("required".equals(error.getKeyword())) {
            offended = offended.path("properties").path(error.getProperty());
        }
        JsonNode reference = offended.path("$ref");
        if (reference.isTextual() && !offended.has("description")) {
            offended = text.at(reference.asText().substring(1));
        }
        return offended.path("description").asText(otherwise);
    }

    private String unknownKey(String key) {
        Set<String> known = new TreeSet<>();
        collectKeys(text, known);
        Optional<String> nearest = known.stream()
                .filter(candidate -> distance(candidate, key) <= Math.max(2, key.length() / 3))
                .min(Comparator.comparingInt(candidate -> distance(candidate, key)));
        return "unknown key '" + key + "'"
                + nearest.map(n -> "; did you mean '" + n + "'?").orElse("; expected no such key");
    }

    private static void collectKeys(JsonNode node, Set<String> into) {
        node.path("properties").fieldNames().forEachRemaining(into::add);
        node.forEach(child -> collectKeys(child, into));
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int cost = Math.min(
                        Math.min(row[j], row[j - 1]) + 1, diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = row[j];
                row[j] = cost;
            }
        }
        return row[b.length()];
    }
}
