package io.quorate.sinks.receivers;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The people behind one receiver: each is told of a message once, however often it is sent again because of the others. What is
 * remembered is lost with the process; then somebody may be told twice, and nobody not at all.
 */
public final class Recipients {

    private static final int MOST_MESSAGES = 1_000;

    private final List<String> all;
    private final Map<String, Set<String>> told = new LinkedHashMap<>();

    public Recipients(List<String> all) {
        this.all = List.copyOf(all);
    }

    /** Who has not got the message with this key. */
    public synchronized List<String> waiting(String key) {
        Set<String> have = told.getOrDefault(key, Set.of());
        return all.stream().filter(one -> !have.contains(one)).toList();
    }

    /**
     * What their answers mean for the message: worth retrying while one may still get it, delivered when at least one has it,
     * else refused.
     *
     * @param answers of those who were waiting
     */
    public synchronized Answer judge(String key, Map<String, Answer> answers) {
        Set<String> have = told.computeIfAbsent(key, anew -> new LinkedHashSet<>());
        Answer failed = null;
        for (Map.Entry<String, Answer> one : answers.entrySet()) {
            Answer answer = one.getValue();
            if (answer instanceof Answer.Delivered) {
                have.add(one.getKey());
            } else if (failed == null || answer instanceof Answer.WorthRetrying) {
                failed = answer;
            }
        }
        int having = have.size();
        if (failed instanceof Answer.WorthRetrying again) {
            forgetTheOldest();
            return new Answer.WorthRetrying(again.httpStatus(), of(having, again.detail()), again.after());
        }
        told.remove(key);
        if (failed == null) {
            return answers.values().stream().findFirst().orElse(new Answer.Delivered(null, null));
        }
        return having > 0
                ? new Answer.Delivered(failed.httpStatus(), of(having, failed.detail()))
                : new Answer.Refused(failed.httpStatus(), String.valueOf(failed.detail()));
    }

    private String of(int having, @Nullable String detail) {
        return all.size() == 1 ? String.valueOf(detail) : having + " of " + all.size() + " have it; " + detail;
    }

    private void forgetTheOldest() {
        while (told.size() > MOST_MESSAGES) {
            told.remove(told.keySet().iterator().next());
        }
    }
}
