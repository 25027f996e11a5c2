package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns how far behind our own jobs are into alerts, one per job. */
final class LateStages {

    static final String RULE = "QuoratePipelineBehind";

    /** Who counts as the cluster that it is about. */
    private static final String FLEET = "fleet";

    private final Duration limit;
    private final Map<String, Alert> firing = new HashMap<>();

    /** Those that fire already, as an earlier one left them. */
    LateStages(Duration limit, List<Alert> firing) {
        this.limit = limit;
        firing.forEach(alert -> this.firing.put(jobOf(alert), alert));
    }

    List<Alert> firing() {
        return List.copyOf(firing.values());
    }

    /** Whether all that people are told rests on what is of now. */
    boolean isWell() {
        return firing.isEmpty();
    }

    /** What changed: a job that fell behind, one that has caught up to half of the limit. */
    List<Alert> look(Map<String, Duration> behind, Instant now) {
        List<Alert> changes = new ArrayList<>();
        behind.forEach((job, lag) -> {
            Alert open = firing.get(job);
            if (open == null && lag.compareTo(limit) > 0) {
                Alert alert = alert(job, lag, now, Status.FIRING, null);
                firing.put(job, alert);
                changes.add(alert);
            } else if (open != null && lag.compareTo(limit.dividedBy(2)) <= 0) {
                firing.remove(job);
                changes.add(alert(job, lag, now, Status.RESOLVED, open));
            }
        });
        return changes;
    }

    private static String jobOf(Alert alert) {
        return alert.evidence().get(0).value();
    }

    private static Alert alert(String job, Duration lag, Instant now, Status status, @Nullable Alert open) {
        Instant startedAt = open == null ? now.minus(lag) : open.startedAt();
        String summary = status == Status.RESOLVED
                ? "job " + job + " of Quorate keeps up again"
                : "job " + job + " of Quorate is " + lag.toSeconds() + " s behind: " + consequence(job);
        return new Alert(
                open == null ? Alert.idOf(RULE, FLEET, job, startedAt) : open.id(),
                RULE,
                job.equals("history") ? Severity.WARNING : Severity.CRITICAL,
                FLEET,
                null,
                null,
                null,
                status,
                now,
                startedAt,
                summary,
                null,
                null,
                "docs/runbooks/quorate-pipeline-behind.md",
                List.of(new Evidence("job", job, now), new Evidence("behind", lag.toSeconds() + " s", now)));
    }

    private static String consequence(String job) {
        return switch (job) {
            case "history" -> "tables and pages that read them lag; alerts do not";
            case "alerting" -> "pages come late";
            default -> "alerts come late, and what happens now is not judged yet";
        };
    }
}
