package io.quorate.cli.cluster.etcd;

import io.quorate.desk.Parts;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** A shell in which etcdctl speaks to a cluster. */
@Command(
        name = "shell",
        mixinStandardHelpOptions = true,
        description = {
            "Open a shell, or run a command, in which etcdctl speaks to the cluster.",
            "etcdctl is on PATH; ETCDCTL_ENDPOINTS and, in TLS, ETCDCTL_CACERT, ETCDCTL_CERT and ETCDCTL_KEY are set. The exit code"
                    + " is that of the shell or command."
        },
        footer = {"", "quorate cluster etcd shell -- etcdctl endpoint status -w table"})
final class ShellCommand implements Callable<Integer> {

    @ParentCommand
    private EtcdCommand etcd = new EtcdCommand();

    @Parameters(arity = "0..*", paramLabel = "-- COMMAND", description = "What to run (default: the shell in $SHELL).")
    private List<String> command = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        KeptEtcd cluster = etcd.cluster();
        Layout layout = cluster.running().layout();
        Path etcdctl = Parts.of(cluster.home(), System.err::println).etcdctl();
        List<String> line = command;
        if (command.isEmpty()) {
            line = List.of(Objects.requireNonNullElse(System.getenv("SHELL"), "/bin/sh"));
            System.err.println("etcdctl speaks to " + cluster.name() + " here, " + layout.words() + "; 'exit' leaves");
        }
        // By a shell, which looks for the command on the PATH that it is given, and not on ours.
        List<String> whole = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\"", "sh"));
        whole.addAll(line);
        ProcessBuilder shell = new ProcessBuilder(whole).inheritIO();
        shell.environment().putAll(environment(cluster, layout, etcdctl, System.getenv()));
        return shell.start().waitFor();
    }

    static Map<String, String> environment(KeptEtcd cluster, Layout layout, Path etcdctl, Map<String, String> outside) {
        Map<String, String> environment = new HashMap<>();
        String path = outside.getOrDefault("PATH", "/usr/bin:/bin");
        environment.put("PATH", etcdctl.getParent() + File.pathSeparator + path);
        environment.put("ETCDCTL_API", "3");
        environment.put("ETCDCTL_ENDPOINTS", String.join(",", layout.endpoints().values()));
        if (layout.tls()) {
            Certificates certificates = cluster.certificates();
            environment.put("ETCDCTL_CACERT", certificates.ca().toString());
            environment.put("ETCDCTL_CERT", certificates.client().toString());
            environment.put("ETCDCTL_KEY", certificates.clientKey().toString());
        }
        return environment;
    }
}
