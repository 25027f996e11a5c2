package io.quorate.rules;

import io.quorate.rules.RuleTest.Given;
import io.quorate.rules.RuleTest.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Symptoms and leader changes: {@code 10s..60s m1 EtcdWalFsyncSlow}, {@code 10s..60s EtcdQuorumAtRisk} of the cluster,
 * {@code 33s m1->m2 term 8}. The times are the ends of the symptom's windows.
 */
final class SymptomLines implements Lines {

    private static final String EXAMPLE = "10s..60s m1 EtcdWalFsyncSlow";

    private final int members;
    private final Set<String> symptoms = new TreeSet<>();
    private final List<Given> given = new ArrayList<>();

    SymptomLines(int members, List<StepPattern> patterns) {
        this.members = members;
        for (StepPattern pattern : patterns) {
            pattern.steps().forEach(step -> symptoms.addAll(step.symptoms()));
        }
    }

    @Override
    public void add(String line) throws Misread {
        if (MoveLines.isMove(line)) {
            given.add(MoveLines.move(line));
            return;
        }
        During during = During.of(line, RuleTest.Window.SIZE, "symptom", EXAMPLE);
        String[] words = during.rest().split(" ");
        if (words.length > 2) {
            throw new Misread("'" + line + "' is no symptom; expected one like '" + EXAMPLE + "'");
        }
        String rule = words[words.length - 1];
        if (!symptoms.contains(rule)) {
            throw new Misread("'" + rule + "' is no symptom that this rule reads; expected one of " + symptoms);
        }
        if (words.length == 1) {
            given.add(shown(during, null, rule));
            return;
        }
        for (String member : Lines.byMember(List.of(words[0]), members).keySet()) {
            given.add(shown(during, member, rule));
        }
    }

    private static Shown shown(During during, @Nullable String member, String rule) {
        return new Shown(during.first().minus(RuleTest.Window.SIZE), during.last(), member, rule);
    }

    @Override
    public List<Given> given() {
        return given;
    }
}
