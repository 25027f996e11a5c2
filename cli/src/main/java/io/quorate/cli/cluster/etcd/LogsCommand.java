package io.quorate.cli.cluster.etcd;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** What members and their keeper wrote. */
@Command(
        name = "logs",
        mixinStandardHelpOptions = true,
        description = "Show the end of the logs, also of a cluster that does not run.",
        footer = {"", "Logs are kept over stops and starts, and grow until 'clean' removes them."})
final class LogsCommand implements Callable<Integer> {

    private static final String KEEPER = "keeper";
    private static final long LOOK_MILLIS = 250;

    @ParentCommand
    private EtcdCommand etcd = new EtcdCommand();

    @Parameters(
            arity = "0..1",
            paramLabel = "MEMBER",
            description = "Such as m1; or keeper, the process that starts the members (default: all).")
    private @Nullable String member;

    @Option(names = "--follow", description = "Go on with what is added, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = "--lines",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many of each log (default: ${DEFAULT-VALUE}).")
    private int lines = 50;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (lines < 0 && spec != null) {
            throw new ParameterException(spec.commandLine(), "--lines " + lines + " is refused, expected 0 or more");
        }
        Map<String, Path> logs = logs(etcd.cluster(), member);
        Map<String, LogTail> tails = new LinkedHashMap<>();
        for (Map.Entry<String, Path> log : logs.entrySet()) {
            LogTail tail = new LogTail(log.getValue());
            if (logs.size() > 1) {
                System.out.println("==> " + log.getKey() + ": " + log.getValue() + " <==");
            }
            tail.last(lines).forEach(System.out::println);
            tails.put(logs.size() > 1 ? log.getKey() + "  " : "", tail);
        }
        while (follow) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            for (Map.Entry<String, LogTail> tail : tails.entrySet()) {
                tail.getValue().added().forEach(line -> System.out.println(tail.getKey() + line));
            }
        }
        return 0;
    }

    static Map<String, Path> logs(KeptEtcd cluster, @Nullable String member) {
        Map<String, Path> logs = new LinkedHashMap<>();
        cluster.known().endpoints().keySet().forEach(name -> logs.put(name, cluster.memberLog(name)));
        logs.put(KEEPER, cluster.keeperLog());
        if (member == null) {
            return logs;
        }
        Path log = logs.get(member);
        if (log == null) {
            throw new IllegalArgumentException("no log of " + member + " in " + cluster.name() + ", expected one of "
                    + String.join(", ", logs.keySet()));
        }
        return Map.of(member, log);
    }
}
