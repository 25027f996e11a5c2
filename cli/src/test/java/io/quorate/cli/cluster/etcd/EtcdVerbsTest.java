package io.quorate.cli.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.Home;
import io.quorate.desk.PartUnavailable;
import io.quorate.jobs.settings.SettingsReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verbs on real clusters, each kept by a process of its own. */
class EtcdVerbsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private Home home;
    private String basePort;
    private String said = "";

    @BeforeEach
    void open() throws Exception {
        // What was fetched once, beside a state of its own.
        Files.createSymbolicLink(folder.resolve("parts"), Home.current().parts());
        home = Home.at(folder);
        // Above those that other tests draw, below those that connections take.
        basePort = String.valueOf(32_010 + ProcessHandle.current().pid() % 80 * 9);
    }

    @AfterEach
    void stop() throws Exception {
        new KeptEtcd(home, "local").remove();
    }

    @Test
    void keepsAClusterThroughTheDeathOfAMemberAndGoesOnWithItsDataAfterAStop() throws Exception {
        assertThat(etcd("start", "3", "--base-port", basePort)).isZero();
        assertThat(said).contains("etcd cluster local runs: 3 members", "Wrote " + settings());
        assertThat(SettingsReader.read(settings()).etcd()).hasSize(1);
        assertThat(etcd("test")).isZero();
        assertThat(said).contains("ok      read back: a put through m1 was read back through m1, m2, m3");
        assertThat(etcd("shell", "--", "etcdctl", "put", "kept", "over a stop")).isZero();
        assertThat(etcd("start", "3", "--base-port", basePort)).isEqualTo(2);

        long before = member("m2").path("pid").asLong();
        ProcessHandle.of(before).orElseThrow().destroyForcibly();
        await().atMost(SOON)
                .until(() -> member("m2").path("restarts").asInt() == 1
                        && member("m2").path("healthy").asBoolean());
        assertThat(member("m2").path("pid").asLong()).isNotEqualTo(before);
        assertThat(etcd("logs", "keeper")).isZero();
        assertThat(said).contains("m2 (pid " + before + ") has ended");

        long third = member("m3").path("pid").asLong();
        assertThat(etcd("restart", "--member", "m3")).isZero();
        assertThat(said).contains("m3 is healthy again").contains("pid " + third + " -> ");

        long pid = member("m3").path("pid").asLong();
        assertThat(ProcessHandle.of(pid)).isPresent();
        assertThat(etcd("stop")).isZero();
        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(etcd("status")).isEqualTo(3);
        assertThat(etcd("start", "3")).as("on the ports of the data").isZero();
        assertThat(said).contains("goes on with its data", "names these members already");
        Path got = folder.resolve("got");
        assertThat(etcd("shell", "--", "sh", "-c", "etcdctl get kept > " + got)).isZero();
        assertThat(got).content().contains("over a stop");

        assertThat(etcd("restart", "1")).isZero();
        assertThat(said).contains("The data of the 3 members before are gone", "1 member on ports");
        assertThat(etcd("clean")).isZero();
        assertThat(folder.resolve("data/clusters/etcd")).isEmptyDirectory();
        assertThat(folder.resolve("logs/clusters/etcd")).isEmptyDirectory();
        assertThat(folder.resolve("pids")).isEmptyDirectory();
    }

    @Test
    void speaksTlsToThoseWhoShowACertificateOnly() throws Exception {
        assertThat(etcd("start", "1", "--base-port", basePort, "--tls")).isZero();

        assertThat(etcd("test")).isZero();
        assertThat(etcd("shell", "--", "etcdctl", "endpoint", "health")).isZero();
        assertThat(etcd(
                        "shell",
                        "--",
                        "sh",
                        "-c",
                        "unset ETCDCTL_CERT ETCDCTL_KEY; etcdctl endpoint health 2> /dev/null"))
                .isNotZero();
        assertThat(SettingsReader.read(settings()).etcd().get(0).transport().tls())
                .isNotNull();
    }

    @Test
    void saysWhoHoldsAPortAndLeavesNothingOfAClusterThatDidNotStart() throws Exception {
        int peer = Integer.parseInt(basePort) + 1;
        try (ServerSocket taken = new ServerSocket(peer, 1, InetAddress.getLoopbackAddress())) {
            assertThat(etcd("start", "1", "--base-port", basePort)).isEqualTo(3);
            assertThat(taken.getLocalPort()).isEqualTo(peer);
        }
        assertThat(said)
                .contains(
                        "port " + peer,
                        "member m1 of etcd cluster local",
                        "(pid " + ProcessHandle.current().pid() + ")",
                        "set another base port");
        assertThat(folder.resolve("data/clusters/etcd/local")).doesNotExist();
        assertThat(settings()).doesNotExist();
    }

    private JsonNode member(String name) throws Exception {
        assertThat(etcd("status", "--format", "json")).isZero();
        for (JsonNode member : JSON.readTree(said).path("members")) {
            if (member.path("member").asText().equals(name)) {
                return member;
            }
        }
        throw new AssertionError("no " + name + " in " + said);
    }

    private Path settings() {
        return folder.resolve("quorate.yaml");
    }

    /** Runs the verb as the command does, and keeps what it said on standard output, and why it was refused. */
    private int etcd(String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        if (line.get(0).equals("start") || line.get(0).equals("restart")) {
            line.addAll(List.of("--settings", settings().toString()));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream real = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        StringBuilder refused = new StringBuilder();
        try {
            return new CommandLine(new EtcdCommand(home))
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .setExecutionExceptionHandler((problem, command, parsed) -> {
                        refused.append(problem.getMessage());
                        return problem instanceof PartUnavailable
                                ? 3
                                : problem instanceof IllegalArgumentException ? 2 : 70;
                    })
                    .execute(line.toArray(String[]::new));
        } finally {
            System.setOut(real);
            said = out.toString(StandardCharsets.UTF_8) + refused;
        }
    }
}
