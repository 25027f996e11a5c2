package io.quorate.cli.demo;

import io.quorate.events.Alert;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A page as it arrived, and since when it was due.
 *
 * @param breachedAt when the rule became true at this severity: the change that completed a storm, the end of the window
 *     that completed a regression; null for what is no firing one, and while its alert is not known
 */
record Notice(WebhookListener.Page page, @Nullable Instant breachedAt) {

    /** Why a page may come when its cause has ended. */
    static final String JUDGED = "a window is judged when the next one has come";

    /** The page's own {@code startsAt} is when the episode began, which for a regression is a window or more before. */
    static List<Notice> of(List<WebhookListener.Page> pages, List<Alert> alerts) {
        return pages.stream()
                .map(page -> new Notice(page, breachedAt(page, alerts)))
                .toList();
    }

    private static @Nullable Instant breachedAt(WebhookListener.Page page, List<Alert> alerts) {
        if (!page.isFiring()) {
            return null;
        }
        return alerts.stream()
                .filter(alert -> alert.id().equals(page.id())
                        && alert.severity().name().toLowerCase(Locale.ROOT).equals(page.severity()))
                .filter(alert -> alert.status() == Alert.Status.FIRING || alert.status() == Alert.Status.UPDATED)
                .map(Alert::at)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** Breached to delivered. */
    @Nullable
    Double seconds() {
        return breachedAt == null
                ? null
                : Duration.between(breachedAt, page.deliveredAt()).toMillis() / 1000.0;
    }

    /** Whether it says that this member's disk is slow. */
    boolean names(Fault slowDisk) {
        return page.isFiring()
                && page.rule().equals("EtcdWalFsyncRegression")
                && page.member().equals(slowDisk.member())
                && page.deliveredAt().isAfter(slowDisk.from());
    }

    /** Whether the disk was quick again when it came. */
    boolean cameAfter(Fault slowDisk) {
        Instant to = slowDisk.to();
        return to != null && page.deliveredAt().isAfter(to);
    }

    /** All of it in one line. */
    String sentence(List<Fault> faults) {
        String head = page.status() + "  " + page.severity() + "  " + page.rule() + "  ";
        if (!page.isFiring()) {
            return head + "(was: " + page.summary() + ")";
        }
        boolean late = faults.stream().anyMatch(fault -> names(fault) && cameAfter(fault));
        return head + page.summary() + "  (paged " + Times.plus(breachedAt, page.deliveredAt())
                + " after the rule became true" + (late ? "; the disk was quick again: " + JUDGED : "") + ")";
    }
}
