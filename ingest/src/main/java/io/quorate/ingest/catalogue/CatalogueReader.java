package io.quorate.ingest.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a catalogue token by token, so that every problem has its line, and all are told at once. */
final class CatalogueReader {

    private static final String SCHEMA = "metrics/v1";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Set<String> KEYS = Set.of(
            "name",
            "kind",
            "unit",
            "help",
            "since",
            "source",
            "required",
            "survives-restart",
            "merge",
            "peer-labels",
            "sparse",
            "extensive",
            "born-by-use");

    private final String file;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Integer> lineOfName = new HashMap<>();

    CatalogueReader(String file) {
        this.file = file;
    }

    /** A scalar or a list of scalars, with where it stood. */
    private record Value(int line, List<String> texts, boolean list) {}

    Catalogue read(String yaml) {
        List<Metric> metrics = new ArrayList<>();
        try (YAMLParser parser = new YAMLFactory().createParser(yaml)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                problem(1, "not a mapping, expected the keys schema and metrics");
            } else {
                readTop(parser, metrics);
            }
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            problem(
                    line,
                    "not YAML: " + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new IllegalStateException("reading a text does no input or output", e);
        }
        if (!problems.isEmpty()) {
            throw new BadCatalogue(problems);
        }
        return new Catalogue(metrics);
    }

    private void readTop(YAMLParser parser, List<Metric> metrics) throws IOException {
        boolean schema = false;
        boolean listed = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            int line = line(parser);
            JsonToken token = parser.nextToken();
            if (key.equals("schema")) {
                schema = true;
                if (!SCHEMA.equals(parser.getText())) {
                    problem(line, "schema " + parser.getText() + ", expected " + SCHEMA);
                }
                parser.skipChildren();
            } else if (key.equals("metrics") && token == JsonToken.START_ARRAY) {
                listed = true;
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    readEntry(parser, metrics);
                }
            } else {
                problem(
                        line,
                        key.equals("metrics")
                                ? "metrics is not a list"
                                : "unknown key " + key + ", expected schema or metrics");
                listed |= key.equals("metrics");
                parser.skipChildren();
            }
        }
        if (!schema) {
            problem(1, "no schema, expected schema: " + SCHEMA);
        }
        if (!listed) {
            problem(1, "no metrics, expected a list of them");
        }
    }

    private void readEntry(YAMLParser parser, List<Metric> metrics) throws IOException {
        int line = line(parser);
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            problem(line, "not a metric, expected a mapping with at least name, kind, unit and help");
            parser.skipChildren();
            return;
        }
        Map<String, Value> entry = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            int at = line(parser);
            parser.nextToken();
            Value value = readValue(parser, at, key);
            if (!KEYS.contains(key)) {
                problem(at, "unknown key " + key + ", expected one of " + String.join(", ", sorted(KEYS)));
            } else if (value != null && entry.put(key, value) != null) {
                problem(at, key + " stands twice in one metric");
            }
        }
        int before = problems.size();
        Metric metric = metric(line, entry);
        if (metric != null && problems.size() == before) {
            metrics.add(metric);
        }
    }

    private @Nullable Value readValue(YAMLParser parser, int line, String key) throws IOException {
        if (parser.currentToken().isScalarValue()) {
            return new Value(line, List.of(parser.getText()), false);
        }
        List<String> texts = new ArrayList<>();
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            boolean nested = false;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                nested |= !parser.currentToken().isScalarValue();
                texts.add(parser.getText());
                parser.skipChildren();
            }
            if (!nested) {
                return new Value(line, texts, true);
            }
        } else {
            parser.skipChildren();
        }
        problem(line, key + " is neither a value nor a list of values");
        return null;
    }

    private @Nullable Metric metric(int line, Map<String, Value> entry) {
        String name = text(line, entry, "name");
        String unit = text(line, entry, "unit");
        String help = text(line, entry, "help");
        Metric.Kind kind = choice(line, entry, "kind", Metric.Kind.class, null);
        Metric.Origin origin = choice(line, entry, "source", Metric.Origin.class, Metric.Origin.MEMBER);
        Metric.Merge merge = choice(line, entry, "merge", Metric.Merge.class, Metric.Merge.SUM);
        boolean required = flag(entry, "required");
        boolean survives = flag(entry, "survives-restart");
        boolean sparse = flag(entry, "sparse");
        boolean extensive = flag(entry, "extensive");
        boolean bornByUse = flag(entry, "born-by-use");
        Value since = entry.get("since");
        Value peers = entry.get("peer-labels");
        if (peers != null && !peers.list()) {
            problem(peers.line(), "peer-labels is not a list, expected such as [To]");
        }
        if (name == null || unit == null || help == null || kind == null || origin == null || merge == null) {
            return null;
        }
        Integer first = lineOfName.putIfAbsent(name, line);
        if (first != null) {
            problem(line, name + " stands already in line " + first);
        }
        if (!NAME.matcher(name).matches()) {
            problem(line, name + " is no metric name, expected letters, digits, _ and : only");
        }
        if (kind != Metric.Kind.COUNTER && (survives || sparse || merge == Metric.Merge.MAX)) {
            problem(line, name + " is a " + lower(kind) + ": survives-restart, sparse and merge: max are for counters");
        }
        return new Metric(
                name,
                kind,
                unit,
                help,
                since == null ? null : since.texts().get(0),
                origin,
                required,
                survives,
                merge,
                peers == null ? List.of() : peers.texts(),
                sparse,
                extensive,
                bornByUse);
    }

    private @Nullable String text(int line, Map<String, Value> entry, String key) {
        Value value = entry.get(key);
        if (value == null || value.list() || value.texts().get(0).isBlank()) {
            problem(value == null ? line : value.line(), "no " + key + ", expected a text");
            return null;
        }
        return value.texts().get(0);
    }

    private <E extends Enum<E>> @Nullable E choice(
            int line, Map<String, Value> entry, String key, Class<E> type, @Nullable E byDefault) {
        Value value = entry.get(key);
        if (value == null && byDefault != null) {
            return byDefault;
        }
        String given = value == null || value.list() ? "" : value.texts().get(0);
        for (E constant : type.getEnumConstants()) {
            if (lower(constant).equals(given)) {
                return constant;
            }
        }
        String expected = Arrays.stream(type.getEnumConstants())
                .map(CatalogueReader::lower)
                .collect(Collectors.joining(", "));
        problem(
                value == null ? line : value.line(),
                value == null
                        ? "no " + key + ", expected one of " + expected
                        : key + " " + given + ", expected one of " + expected);
        return null;
    }

    private boolean flag(Map<String, Value> entry, String key) {
        Value value = entry.get(key);
        if (value == null) {
            return false;
        }
        String given = value.list() ? "a list" : value.texts().get(0);
        if (!given.equals("true") && !given.equals("false")) {
            problem(value.line(), key + " " + given + ", expected true or false");
        }
        return given.equals("true");
    }

    private void problem(int line, String text) {
        problems.add(file + ":" + line + ": " + text);
    }

    private static int line(YAMLParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private static List<String> sorted(Set<String> keys) {
        return keys.stream().sorted().toList();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
