package io.quorate.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.rules.Maintenance.Once;
import io.quorate.rules.Maintenance.Span;
import io.quorate.rules.Maintenance.Weekly;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.rules.yaml.YamlProblem;
import io.quorate.rules.yaml.YamlSchema;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads when somebody works on which clusters, and tells everything that is wrong in one go. */
public final class MaintenanceReader {

    private static final YamlSchema SCHEMA =
            YamlSchema.resource(MaintenanceReader.class, "/schema/maintenance.schema.json");

    private MaintenanceReader() {}

    /**
     * The maintenances in the list at this JSON pointer of a file; none when there is no list.
     *
     * @throws InvalidYaml with every problem of every one
     */
    public static List<Maintenance> list(YamlFile file, String pointer) throws InvalidYaml {
        JsonNode list = file.root().at(pointer);
        List<YamlProblem> problems = new ArrayList<>();
        if (!list.isMissingNode() && !list.isArray()) {
            problems.add(file.problemAt(
                    pointer, "no list of maintenances; expected one, such as - maintenance: upgrade-eu and its keys"));
        }
        List<Maintenance> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            YamlFile entry = file.entry(pointer + "/" + i);
            Draft draft = new Draft(entry, SCHEMA);
            read(draft).ifPresent(one -> {
                if (!names.add(one.name())) {
                    draft.problem("/maintenance", "a second maintenance '" + one.name() + "'; expected each name once");
                }
                all.add(one);
            });
            problems.addAll(draft.problems());
        }
        if (!problems.isEmpty()) {
            throw new InvalidYaml(problems);
        }
        return all;
    }

    private static Optional<Maintenance> read(Draft draft) {
        if (!draft.root().isObject()) {
            return Optional.empty();
        }
        Optional<Span> span = span(draft);
        if (draft.has("/where/" + RuleOverride.MEMBER)) {
            draft.problem("/where/member", "'member' in a maintenance; expected clusters, by label or by name");
        }
        if (span.isEmpty() || !draft.isSound("/maintenance", "/where")) {
            return Optional.empty();
        }
        Map<String, String> where = new HashMap<>();
        draft.at("/where")
                .properties()
                .forEach(label -> where.put(label.getKey(), label.getValue().asText()));
        return span.map(when -> new Maintenance(draft.text("/maintenance"), where, when));
    }

    private static Optional<Span> span(Draft draft) {
        boolean once = draft.has("/from") || draft.has("/to");
        if (draft.has("/every") == once) {
            draft.problem(
                    once ? "/every" : "",
                    (once ? "'every' stands beside 'from' or 'to'" : "it says no time")
                            + "; expected from and to, or every");
            return Optional.empty();
        }
        if (once && !(draft.has("/from") && draft.has("/to"))) {
            draft.problem(
                    draft.has("/from") ? "/from" : "/to",
                    "'" + (draft.has("/from") ? "to" : "from") + "' is missing; expected from and to");
            return Optional.empty();
        }
        if (!draft.isSound("/from", "/to", "/every")) {
            return Optional.empty();
        }
        String last = once ? "/to" : "/every";
        try {
            return Optional.of(
                    once ? new Once(moment(draft, "/from"), moment(draft, "/to")) : weekly(draft.text(last)));
        } catch (DateTimeException e) {
            draft.problem(last, "no moment that ever comes (" + e.getMessage() + "); expected one of the calendar");
        } catch (IllegalArgumentException e) {
            draft.problem(last, String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    private static Instant moment(Draft draft, String pointer) {
        return OffsetDateTime.parse(draft.text(pointer)).toInstant();
    }

    /** {@code sat 02:00..04:00}, as the schema has it. */
    private static Weekly weekly(String words) {
        String day = words.substring(0, 3).toUpperCase(Locale.ROOT);
        String[] times = words.substring(4).split("\\.\\.", 2);
        return new Weekly(
                Arrays.stream(DayOfWeek.values())
                        .filter(one -> one.name().startsWith(day))
                        .findFirst()
                        .orElseThrow(),
                LocalTime.parse(times[0]),
                LocalTime.parse(times[1]));
    }
}
