package io.quorate.cli.cluster.etcd;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Restarts members on their data, or begins anew at another size. */
@Command(
        name = "restart",
        mixinStandardHelpOptions = true,
        description = {
            "Restart the members in turn, or one, or begin anew at another size.",
            "Without N: restart each member in turn on its data, the leader last, each when the one before is healthy.",
            "With --member: only that one, healthy or not.",
            "With N: end the cluster and begin anew with N members; the data are gone."
        })
final class RestartCommand implements Callable<Integer> {

    @ParentCommand
    private EtcdCommand etcd = new EtcdCommand();

    @Parameters(arity = "0..1", paramLabel = "N", description = "How many members to begin anew with.")
    private @Nullable Integer members;

    @Option(names = "--member", paramLabel = "MEMBER", description = "Such as m2.")
    private @Nullable String member;

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            defaultValue = "quorate.yaml",
            description = "With N: as 'start' takes it (default: ${DEFAULT-VALUE}).")
    private Path settings = Path.of("quorate.yaml");

    @Override
    public Integer call() throws Exception {
        KeptEtcd cluster = etcd.cluster();
        if (members == null) {
            return restart(cluster);
        }
        if (member != null) {
            throw new IllegalArgumentException("--member " + member + " beside N is refused, expected one of the two");
        }
        beginAnew(cluster, members);
        return 0;
    }

    private void beginAnew(KeptEtcd cluster, int members) throws Exception {
        Layout before = cluster.known();
        if (before.members() == members) {
            throw new IllegalArgumentException("etcd cluster " + cluster.name() + " has " + Layout.count(members)
                    + " already; restart them one by one on their data: " + cluster.line("restart")
                    + "; or remove the data first: " + cluster.line("clean"));
        }
        Starting starting =
                new Starting(cluster, new Layout(cluster.name(), members, before.basePort(), before.tls()), settings);
        starting.checkBesideOthers();
        cluster.remove();
        System.out.println("The data of the " + Layout.count(before.members()) + " before are gone");
        starting.run();
    }

    private int restart(KeptEtcd cluster) throws Exception {
        ClusterState state = ClusterState.ask(cluster, cluster.running());
        List<MemberState> unhealthy = state.unhealthy();
        if (member == null && !unhealthy.isEmpty()) {
            System.err.println("quorate: " + unhealthy.get(0).member() + " is not healthy ("
                    + String.join(", ", unhealthy.get(0).errors())
                    + "), and without another one the cluster might not write; nothing was restarted; restart it first: "
                    + cluster.line("restart") + " --member " + unhealthy.get(0).member());
            return EtcdCommand.DID_NOT_HOLD;
        }
        for (String next : member == null ? leaderLast(state) : List.of(member)) {
            MemberRestart restart = new MemberRestart(cluster, next);
            if (!restart.run()) {
                System.err.println("quorate: " + next + " is not healthy " + MemberRestart.PATIENCE.toSeconds()
                        + " s after it was ended; those after it were left alone; see: "
                        + cluster.line("logs " + next));
                return EtcdCommand.DID_NOT_HOLD;
            }
        }
        System.out.println(StatusCommand.summary(ClusterState.ask(cluster, cluster.running())));
        return 0;
    }

    /** So that the cluster changes its leader once. */
    static List<String> leaderLast(ClusterState state) {
        String leader = state.leader().orElse("");
        return Stream.concat(
                        state.members().stream().map(MemberState::member).filter(name -> !name.equals(leader)),
                        state.members().stream().map(MemberState::member).filter(name -> name.equals(leader)))
                .toList();
    }
}
