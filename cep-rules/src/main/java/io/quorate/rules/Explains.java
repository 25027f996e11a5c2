package io.quorate.rules;

import io.quorate.rules.Rule.CausalRank;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Of a pattern that gives no alerts of its own: it is the cause of other rules' alerts.
 *
 * @param cause its code, such as {@code slow-disk}
 * @param says one sentence; may hold {@code {cluster}} and {@code {member}}, the root
 * @param of where the rules whose alerts it may explain stand between cause and effect
 * @param over codes of causes that come of this one: where both are seen, this one stands
 * @param ruledOut what is known when everything it reads was looked at, and nothing was seen
 * @param unseen what nobody can see from outside; empty for nothing
 * @param advice what to do, worth most first
 */
public record Explains(
        String cause,
        String says,
        Set<CausalRank> of,
        Set<String> over,
        String ruledOut,
        String unseen,
        List<Advice> advice)
        implements Serializable {

    /**
     * Something worth doing.
     *
     * @param when the rule whose symptom makes it worth doing; null for always
     */
    public record Advice(About about, String text, @Nullable String when) implements Serializable {}

    /** What is to be changed. */
    public enum About {
        NOW,
        HARDWARE,
        ETCD,
        SYSTEM,
        PRACTICE
    }
}
