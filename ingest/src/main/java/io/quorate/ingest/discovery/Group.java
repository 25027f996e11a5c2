package io.quorate.ingest.discovery;

import java.util.List;
import java.util.Map;

/**
 * Targets that share labels, as Prometheus' file_sd and http_sd have them.
 *
 * @param targets such as {@code etcd-1.example:2379}
 * @param labels {@code __scheme__} and {@code __metrics_path__} as in Prometheus; others that begin with two underscores say
 *     nothing here
 */
record Group(List<String> targets, Map<String, String> labels) {

    Group {
        targets = List.copyOf(targets);
        labels = Map.copyOf(labels);
    }
}
