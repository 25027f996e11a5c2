package io.quorate.cli.cluster.etcd;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.cli.output.OutputFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Whether a cluster does what a cluster should. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description = {
            "Test whether the cluster does what it should.",
            "Every member is healthy, all see one leader in one term, and a put is read back through every member; its key is"
                    + " removed again. Exit code 1 where something does not hold."
        })
final class TestCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParentCommand
    private EtcdCommand etcd = new EtcdCommand();

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text; or json, one object (default: ${DEFAULT-VALUE}).")
    private OutputFormat format = OutputFormat.TEXT;

    @Override
    public Integer call() throws Exception {
        KeptEtcd cluster = etcd.cluster();
        List<Check> checks = Check.of(cluster, ClusterState.ask(cluster, cluster.running()));
        boolean held = checks.stream().allMatch(Check::held);
        if (format == OutputFormat.JSON) {
            ObjectNode test =
                    JSON.createObjectNode().put("cluster", cluster.name()).put("held", held);
            test.set("checks", JSON.valueToTree(checks));
            System.out.println(JSON.writeValueAsString(test));
        } else {
            for (Check check : checks) {
                System.out.println((check.held() ? "ok      " : "FAILED  ") + check.name() + ": " + check.what());
            }
            if (!held) {
                System.err.println("cluster " + cluster.name() + " does not do what it should; look at it with '"
                        + cluster.line("status") + "' and '" + cluster.line("logs") + "'");
            }
        }
        return held ? 0 : EtcdCommand.DID_NOT_HOLD;
    }
}
