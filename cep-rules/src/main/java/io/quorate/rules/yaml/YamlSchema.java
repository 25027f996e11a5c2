package io.quorate.rules.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A JSON schema that a YAML file must keep to; it tells every breach with its line, the expected value and, for an unknown
 * key, the nearest known one or all that are known there. A value's {@code description} in the schema says what is expected there; a value that the
 * schema marks {@code writeOnly} may hold a secret and is never repeated.
 */
public final class YamlSchema {

    private static final int LONGEST = 120;

    /** Keys under which people write secrets. */
    private static final Pattern SECRET = Pattern.compile("(?i)pass|token|secret|credential");

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

    /** Everything that is wrong with this file; empty when it keeps to the schema. */
    public List<YamlProblem> problems(YamlFile file) {
        return breaches(file).stream()
                .map(YamlBreach::problem)
                .distinct()
                .sorted()
                .toList();
    }

    /** The same with the places that each problem spoils; no place is complained about twice. */
    public List<YamlBreach> breaches(YamlFile file) {
        List<YamlBreach> breaches = new ArrayList<>(file.flaws());
        Set<String> spoilt = new HashSet<>();
        breaches.forEach(breach -> spoilt.addAll(breach.places()));
        List<Error> errors = schema.validate(file.root());
        // Unknown keys first: what one of them was meant to be is not missing.
        for (Error error : errors) {
            if (error.getKeyword().equals("additionalProperties")) {
                add(unknownKey(file, error), spoilt, breaches);
            }
        }
        for (Error error : errors) {
            String pointer = error.getInstanceLocation().toString();
            switch (error.getKeyword()) {
                case "additionalProperties" -> {}
                case "required" ->
                    add(
                            new YamlBreach(
                                    Set.of(pointer + YamlFile.step(error.getProperty())),
                                    file.problemAt(
                                            pointer,
                                            "'" + error.getProperty() + "' is missing; expected "
                                                    + describe(error, "it here"))),
                            spoilt,
                            breaches);
                default ->
                    add(
                            new YamlBreach(
                                    Set.of(pointer),
                                    file.problemAt(
                                            pointer,
                                            name(pointer) + told(file.root().at(pointer), offended(error))
                                                    + "; expected " + describe(error, error.getMessage()))),
                            spoilt,
                            breaches);
            }
        }
        return breaches;
    }

    private static void add(YamlBreach breach, Set<String> spoilt, List<YamlBreach> breaches) {
        if (breach.places().stream().noneMatch(spoilt::contains)) {
            spoilt.addAll(breach.places());
            breaches.add(breach);
        }
    }

    /** The key, or the list and the number in it. */
    private static String name(String pointer) {
        if (pointer.isEmpty()) {
            return "the file";
        }
        String[] steps = pointer.split("/");
        String last = steps[steps.length - 1].replace("~1", "/").replace("~0", "~");
        return last.matches("\\d+") && steps.length > 2
                ? "'" + steps[steps.length - 2] + "[" + last + "]'"
                : "'" + last + "'";
    }

    /** What stands there, as far as it may be told. */
    private String told(JsonNode value, JsonNode offended) {
        // A map may hold anything, also what belongs elsewhere.
        if (value.isContainerNode() && secret(text)) {
            return value.isObject() ? " is a map" : " is a list";
        }
        if (secret(offended)) {
            return " does not fit (not repeated, as it may hold a secret)";
        }
        return " is " + (value.isTextual() ? TextNode.valueOf(shown(value.asText())) : value);
    }

    /** Whether the schema marks this value, or one within it, as secret. */
    private boolean secret(JsonNode offended) {
        if (offended.path("writeOnly").asBoolean()) {
            return true;
        }
        JsonNode reference = offended.path("$ref");
        if (reference.isTextual() && secret(text.at(reference.asText().substring(1)))) {
            return true;
        }
        for (JsonNode child : offended) {
            if (secret(child)) {
                return true;
            }
        }
        return false;
    }

    /** A value as messages show it: users, passwords and queries of addresses masked, the rest up to a length. */
    public static String shown(String value) {
        String masked = value.replaceFirst("(?s)^([A-Za-z][A-Za-z0-9+.-]*://)?.*@", "$1***@")
                .replaceFirst("(?s)://([^?#]*)[?#].*$", "://$1?***");
        return masked.length() > LONGEST ? masked.substring(0, LONGEST) + "..." : masked;
    }

    private JsonNode offended(Error error) {
        String path = error.getSchemaLocation().getFragment().toString();
        return text.at(path.substring(0, Math.max(0, path.lastIndexOf('/'))));
    }

    /** What the schema says in words of the offended value. */
    private String describe(Error error, String otherwise) {
        JsonNode offended = offended(error);
        if ("required".equals(error.getKeyword())) {
            offended = offended.path("properties").path(error.getProperty());
        }
        JsonNode reference = offended.path("$ref");
        if (reference.isTextual() && !offended.has("description")) {
            offended = text.at(reference.asText().substring(1));
        }
        return offended.path("description").asText(otherwise);
    }

    private YamlBreach unknownKey(YamlFile file, Error error) {
        String key = error.getProperty();
        String pointer = error.getInstanceLocation().toString();
        String place = pointer + YamlFile.step(key);
        Set<String> here = new TreeSet<>();
        offended(error).path("properties").fieldNames().forEachRemaining(here::add);
        Optional<String> slot = slot(key, here);
        Optional<String> nearest = slot.isPresent() ? slot.map(s -> s + "-file") : Nearest.of(key, here);
        String message = slot.map(
                        s -> "'" + shown(key) + "' would hold a secret in clear; expected '" + s + "-file' or '" + s
                                + "-env' in its place: secrets come from files or from the environment only")
                .orElseGet(() -> "unknown key '" + shown(key) + "'"
                        + nearest.map(n -> "; did you mean '" + n + "'?").orElse(known(here)));
        Set<String> places = new HashSet<>(Set.of(place));
        nearest.filter(n -> here.contains(n) && !file.root().at(pointer).has(n))
                .ifPresent(n -> places.add(pointer + YamlFile.step(n)));
        return new YamlBreach(places, file.problemAt(place, message));
    }

    /** The slot X of a secret, of which the schema knows X-file and X-env, that this key tries to fill in clear. */
    private static Optional<String> slot(String key, Set<String> known) {
        List<String> slots = known.stream()
                .filter(name -> name.endsWith("-file"))
                .map(name -> name.substring(0, name.length() - "-file".length()))
                .filter(name -> known.contains(name + "-env") && !known.contains(name))
                .toList();
        Optional<String> like = Nearest.of(key, known);
        if (like.isEmpty() && SECRET.matcher(key).find() && !key.matches(".*[-_](file|env)")) {
            return slots.stream().findFirst();
        }
        return Nearest.of(key, slots)
                .filter(slot -> like.isEmpty() || Nearest.distance(slot, key) < Nearest.distance(like.get(), key));
    }

    /** What may stand where nothing that may is near. */
    private static String known(Set<String> here) {
        return here.isEmpty() ? "; expected no keys here" : "; known here: " + String.join(", ", here);
    }
}
