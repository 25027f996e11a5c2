package io.quorate.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes of the findings of a fleet, however large, so few that a person reads them; what a small one brings stays as it is. */
final class Digest {

    /** Of what is well: the roles of some twenty clusters of three. */
    private static final int WELL = 60;
    /** Of what is not, of each kind and reason. */
    private static final int NAMED = 10;

    private Digest() {}

    private record Kind(Finding.Verdict verdict, String kind, String alike) {

        private static Kind of(Finding finding) {
            return new Kind(finding.verdict(), finding.kind(), finding.alike());
        }
    }

    /** The findings in their order; of too many that are alike the first ones, and how many more there are. */
    static List<Finding> of(List<Finding> all) {
        Map<Kind, Integer> counts = new LinkedHashMap<>();
        all.forEach(finding -> counts.merge(Kind.of(finding), 1, Integer::sum));
        Map<Kind, Integer> told = new LinkedHashMap<>();
        List<Finding> findings = new ArrayList<>();
        for (Finding finding : all) {
            int count = counts.getOrDefault(Kind.of(finding), 0);
            int number = told.merge(Kind.of(finding), 1, Integer::sum);
            boolean well = finding.verdict() == Finding.Verdict.OK;
            if (finding.alike().isEmpty() || count <= (well ? WELL : NAMED)) {
                findings.add(finding);
            } else if (well && number == 1) {
                findings.add(Finding.ok(
                        finding.kind(),
                        count + " " + finding.alike() + ", such as " + finding.subject() + ": " + finding.what()));
            } else if (!well && number <= NAMED) {
                findings.add(finding);
            } else if (!well && number == NAMED + 1) {
                findings.add(new Finding(
                        finding.verdict(),
                        finding.kind(),
                        "and " + (count - NAMED) + " more: " + finding.alike(),
                        finding.reason(),
                        finding.alike()));
            }
        }
        return findings;
    }
}
