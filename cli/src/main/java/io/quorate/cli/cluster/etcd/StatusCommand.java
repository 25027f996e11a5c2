package io.quorate.cli.cluster.etcd;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.cli.output.OutputFormat;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What the members of a cluster say of themselves now. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Show each member as it tells itself: who leads, term, index, size, health.",
            "All are asked at once; one that hangs is given up after 4 s."
        })
final class StatusCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double KIBI = 1_024;

    @ParentCommand
    private EtcdCommand etcd = new EtcdCommand();

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text; or json, one object for the cluster (default: ${DEFAULT-VALUE}).")
    private OutputFormat format = OutputFormat.TEXT;

    @Override
    public Integer call() throws Exception {
        KeptEtcd cluster = etcd.cluster();
        ClusterState state = ClusterState.ask(cluster, cluster.running());
        if (format == OutputFormat.JSON) {
            System.out.println(JSON.writeValueAsString(json(state)));
        } else {
            table(state).lines().forEach(System.out::println);
            System.out.println(summary(state) + "; kept by pid "
                    + cluster.keeper().pid().map(String::valueOf).orElse("none") + " since "
                    + state.running().since());
        }
        return 0;
    }

    static Table table(ClusterState state) {
        Table table = new Table(
                "member", "id", "endpoint", "pid", "version", "db size", "term", "index", "role", "health", "errors");
        for (MemberState member : state.members()) {
            boolean answers = member.answers();
            table.row(
                    member.member(),
                    member.id() == null ? "-" : member.id(),
                    member.endpoint(),
                    String.valueOf(member.pid()),
                    answers ? member.version() : "-",
                    answers ? size(member.dbSizeBytes()) : "-",
                    answers ? String.valueOf(member.raftTerm()) : "-",
                    answers ? String.valueOf(member.raftIndex()) : "-",
                    member.role(),
                    member.healthy() ? "healthy" : "unhealthy",
                    String.join("; ", member.errors()));
        }
        return table;
    }

    /** The cluster in one line. */
    static String summary(ClusterState state) {
        Layout layout = state.running().layout();
        int healthy = layout.members() - state.unhealthy().size();
        int restarts = state.running().members().stream()
                .mapToInt(Running.Member::restarts)
                .sum();
        return "cluster " + layout.name() + ": " + healthy + " of " + layout.members() + " members healthy, "
                + state.leader()
                        .map(leader -> "leader " + leader + " in term " + state.term())
                        .orElse("no leader that all agree on")
                + (restarts == 0 ? "" : ", " + restarts + (restarts == 1 ? " restart" : " restarts"));
    }

    static String size(long bytes) {
        return bytes < KIBI * KIBI
                ? String.format(Locale.ROOT, "%.1f KiB", bytes / KIBI)
                : String.format(Locale.ROOT, "%.1f MiB", bytes / KIBI / KIBI);
    }

    static ObjectNode json(ClusterState state) {
        Layout layout = state.running().layout();
        ObjectNode cluster = JSON.createObjectNode()
                .put("cluster", layout.name())
                .put("tls", layout.tls())
                .put("since", state.running().since())
                .put("healthyMembers", layout.members() - state.unhealthy().size())
                .put("leader", state.leader().orElse(null))
                .put("raftTerm", state.term());
        var members = cluster.putArray("members");
        for (MemberState member : state.members()) {
            ObjectNode one = members.addObject()
                    .put("member", member.member())
                    .put("memberId", member.id())
                    .put("endpoint", member.endpoint())
                    .put("pid", member.pid())
                    .put("restarts", state.running().member(member.member()).restarts())
                    .put("role", member.role())
                    .put("healthy", member.healthy());
            if (member.answers()) {
                one.put("version", member.version())
                        .put("dbSizeBytes", member.dbSizeBytes())
                        .put("raftTerm", member.raftTerm())
                        .put("raftIndex", member.raftIndex())
                        .put("leaderId", member.leaderId());
            }
            var errors = one.putArray("errors");
            member.errors().forEach(errors::add);
        }
        return cluster;
    }
}
