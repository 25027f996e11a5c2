package io.quorate.events;

import java.io.Serializable;
import java.util.Objects;

/**
 * One number of one series at the time of its scrape.
 *
 * @param metric full name, such as {@code etcd_server_proposals_pending}
 * @param labels canonical text of {@link Labels}, without what names the member
 */
public record Sample(String metric, String labels, double value) implements Serializable {

    public Sample {
        Objects.requireNonNull(metric, "metric");
        labels = Labels.checked(Objects.requireNonNull(labels, "labels"));
    }
}
