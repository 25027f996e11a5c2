package io.quorate.ingest.prometheus;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How members are joined to the node-exporters of their machines, {@code node-exporter} in the settings of a Prometheus: where
 * a label of the one equals a label of the other.
 *
 * @param selector which series are node-exporter's, such as {@code {job="node-exporter"}}
 * @param memberLabel which label of a member's series names its machine; null for the host in {@code instance}
 * @param nodeLabel which label of node-exporter's series does; null for the host in {@code instance}
 * @param dataDir of etcd on these machines; null for all file systems and disks
 */
public record NodeJoin(
        String selector,
        @Nullable String memberLabel,
        @Nullable String nodeLabel,
        @Nullable String dataDir) implements Serializable {

    private static final long serialVersionUID = 1;

    public NodeJoin {
        List<String> problems = new ArrayList<>();
        if (!selector.startsWith("{") || !selector.endsWith("}") || selector.length() < 2) {
            problems.add("selector: " + selector + " is none, expected such as {job=\"node-exporter\"}");
        }
        if (memberLabel != null && !PrometheusSettings.isLabel(memberLabel)) {
            problems.add("member-label: " + memberLabel + " is no label name");
        }
        if (nodeLabel != null && !PrometheusSettings.isLabel(nodeLabel)) {
            problems.add("node-label: " + nodeLabel + " is no label name");
        }
        problems.addAll(dataDirProblems(dataDir));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "ingest.prometheus.node-exporter." + String.join("\ningest.prometheus.node-exporter.", problems));
        }
    }

    static List<String> dataDirProblems(@Nullable String dataDir) {
        return dataDir == null || dataDir.startsWith("/")
                ? List.of()
                : List.of("data-dir: " + dataDir + " is no path, expected such as /var/lib/etcd");
    }

    /** What names the machine of a member with these labels; empty when nothing does. */
    String ofMember(Map<String, String> labels) {
        return key(labels, memberLabel);
    }

    /** What names the machine of a node-exporter with these labels; empty when nothing does. */
    String ofNode(Map<String, String> labels) {
        return key(labels, nodeLabel);
    }

    private static String key(Map<String, String> labels, @Nullable String label) {
        return label == null ? host(labels.getOrDefault("instance", "")) : labels.getOrDefault(label, "");
    }

    /** {@code 10.0.0.1} of {@code 10.0.0.1:2379}. */
    private static String host(String instance) {
        return instance.replaceFirst(":[0-9]+$", "");
    }

    /** For people: what a machine is looked for by. */
    String noun() {
        return memberLabel == null ? "host" : memberLabel;
    }
}
