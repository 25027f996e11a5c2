package io.quorate.events;

import java.io.Serializable;
import java.util.Objects;

/**
 * The bucket vector of one series: cumulative since the process started in a {@link MemberScrape}, what a window saw in a
 * window.
 *
 * @param metric base name, such as {@code etcd_disk_wal_fsync_duration_seconds}
 * @param labels canonical text of {@link Labels}, without {@code le} and without what names the member
 */
public record Histogram(String metric, String labels, BucketVector vector) implements Serializable {

    public Histogram {
        Objects.requireNonNull(metric, "metric");
        labels = Labels.checked(Objects.requireNonNull(labels, "labels"));
        Objects.requireNonNull(vector, "vector");
    }
}
