package io.quorate.cli.flink;

import io.quorate.cli.cluster.flink.KeptFlink;
import io.quorate.cli.stack.FlinkRest;
import io.quorate.desk.Home;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster is meant. */
final class WhichFlink {

    @Option(
            names = "--flink",
            paramLabel = "URL",
            split = ",",
            description =
                    "Flink's REST API, one address per JobManager (default: the cluster that was started from here, else"
                            + " http://127.0.0.1:8081).")
    private @Nullable List<String> urls;

    FlinkRest rest(Home home) {
        if (urls != null) {
            return new FlinkRest(urls);
        }
        return new FlinkRest(KeptFlink.keeper(home)
                .tells(KeptFlink.class)
                .map(KeptFlink::urls)
                .orElse(List.of("http://127.0.0.1:8081")));
    }

    FlinkCluster reached(Home home) throws Exception {
        return FlinkCluster.of(rest(home));
    }
}
