package io.quorate.rules;

import io.quorate.rules.Rule.Condition;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Other numbers of one rule for the clusters or members that a selector takes; of several the most specific wins, and of
 * equally specific ones the one whose name comes first.
 *
 * @param name its own
 * @param rule whose numbers
 * @param where by label of the cluster, the value it must have; {@code cluster} and {@code member} stand for the names
 * @param condition as the rule reads then; null when it is off there
 * @param text of its own entry, from which it is made again when its rule changes
 */
public record RuleOverride(
        String name,
        String rule,
        Map<String, String> where,
        @Nullable Condition condition,
        String text) implements Serializable {

    public static final String CLUSTER = "cluster";
    public static final String MEMBER = "member";

    public RuleOverride {
        where = new TreeMap<>(where);
    }

    /** Whether it applies to this member of this cluster; an override for a member never applies to a whole cluster. */
    public boolean takes(String cluster, @Nullable String member, Map<String, String> labels) {
        return where.entrySet().stream().allMatch(label -> switch (label.getKey()) {
            case CLUSTER -> label.getValue().equals(cluster);
            case MEMBER -> label.getValue().equals(member);
            default -> label.getValue().equals(labels.get(label.getKey()));
        });
    }

    /** Whether this one wins over the other where both apply: a member, then a cluster, then more labels. */
    public boolean isMoreSpecificThan(RuleOverride other) {
        int specific = specificity() - other.specificity();
        return specific > 0 || (specific == 0 && name.compareTo(other.name) < 0);
    }

    private int specificity() {
        return (where.containsKey(MEMBER) ? 10_000 : 0) + (where.containsKey(CLUSTER) ? 1_000 : 0) + where.size();
    }
}
