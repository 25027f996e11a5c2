package io.quorate.ingest.prometheus;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the node-exporter of a member's machine shows its page, {@code node-exporter} in the settings of members that are
 * scraped: at the member's host, over plain HTTP, and without anything that the member is shown.
 *
 * @param port that it listens on
 * @param dataDir of etcd on these machines; null for all file systems and disks
 */
public record NodePage(int port, @Nullable String dataDir) implements Serializable {

    private static final long serialVersionUID = 1;

    /** Its own default. */
    public static final int PORT = 9100;

    public NodePage {
        List<String> problems = new ArrayList<>();
        if (port < 1 || port > 65_535) {
            problems.add("port: " + port + ", expected 1 to 65535");
        }
        problems.addAll(NodeJoin.dataDirProblems(dataDir));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "ingest.metrics.node-exporter." + String.join("\ningest.metrics.node-exporter.", problems));
        }
    }
}
