package io.quorate.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.events.Alert.Severity;
import io.quorate.rules.StepPattern.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads steps in their order. */
final class PatternReader {

    private final Draft draft;

    private PatternReader(Draft draft) {
        this.draft = draft;
    }

    /** The pattern of this rule; null when it cannot be read, which is told. */
    static @Nullable StepPattern read(Draft draft) {
        return new PatternReader(draft).read();
    }

    private @Nullable StepPattern read() {
        checkSpan("/within");
        checkSpan("/resolve-after");
        if (!draft.isSound("/pattern")) {
            return null;
        }
        List<Step> steps = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < draft.at("/pattern").size(); i++) {
            String at = "/pattern/" + i;
            check(at, i);
            if (!names.add(draft.text(at + "/step"))) {
                draft.problem(
                        at + "/step", "a second step '" + draft.text(at + "/step") + "'; expected each name once");
            }
            steps.add(step(at));
        }
        boolean explains = draft.has("/explains");
        if (!draft.isSound("/within", "/resolve-after") || !(explains || draft.isSound("/alert/severity"))) {
            return null;
        }
        return new StepPattern(
                steps,
                draft.duration("/within"),
                draft.duration("/resolve-after"),
                explains ? Severity.INFO : Severity.valueOf(draft.constant("/alert/severity")));
    }

    private void checkSpan(String at) {
        if (draft.isSound(at) && draft.duration(at).isZero()) {
            draft.problem(at, "'" + at.substring(1) + "' is 0; expected a duration above zero, such as 2m");
        }
    }

    private void check(String at, int index) {
        boolean isSymptom = draft.has(at + "/symptom");
        boolean isAbsent = draft.at(at + "/absent").asBoolean();
        if (isSymptom == draft.has(at + "/leader-change")) {
            draft.problem(
                    at,
                    (isSymptom ? "both a symptom and a leader-change" : "neither a symptom nor a leader-change")
                            + "; expected exactly one of them");
        }
        if (symptoms(at).contains(draft.text("/rule"))) {
            draft.problem(at + "/symptom", "the symptom of the rule itself; expected that of another rule");
        }
        if (isAbsent && index == 0) {
            draft.problem(at + "/absent", "the first step is absent; expected something that happens first");
        }
        if (isAbsent && draft.has(at + "/times")) {
            draft.problem(at + "/times", "'times' of what must not happen; expected no times beside absent: true");
        }
        if (draft.has(at + "/member") && index == 0) {
            draft.problem(
                    at + "/member", "the first step has none before it; expected member: same on later steps only");
        } else if (draft.has(at + "/member") && !draft.has("/pattern/0/symptom")) {
            draft.problem(
                    at + "/member",
                    "the first step names no member; expected a first step with a symptom, or no member");
        }
    }

    /** One rule, or a list of them. */
    private Set<String> symptoms(String at) {
        JsonNode symptom = draft.at(at + "/symptom");
        Set<String> rules = new TreeSet<>();
        (symptom.isArray() ? symptom : List.of(symptom)).forEach(rule -> rules.add(rule.asText()));
        rules.remove("");
        return rules;
    }

    private Step step(String at) {
        boolean isSymptom = draft.has(at + "/symptom");
        return new Step(
                draft.text(at + "/step"),
                symptoms(at),
                isSymptom ? Set.of() : ConditionReader.planned(draft.at(at + "/leader-change/planned")),
                draft.at(at + "/times/at-least").asInt(1),
                draft.at(at + "/times/or-members-plus").asInt(-1),
                draft.at(at + "/absent").asBoolean(),
                draft.has(at + "/member"));
    }
}
