package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code quorate rules lint --live} against a fleet whose etcd runs with basic metrics, as it does by default. */
@Tag("slow")
class RulesLiveTest {

    @TempDir
    Path folder;

    @RegisterExtension
    final Console console = new Console();

    @Test
    void namesTheMetricThatNoClusterShowsAndWhy() throws Exception {
        rule("seen.yaml", "EtcdDiskSlow", "quantile: { of: etcd_disk_wal_fsync_duration_seconds, q: 0.99 }", "512ms");
        rule("dead.yaml", "EtcdCallsSlow", "quantile: { of: grpc_server_handling_seconds, q: 0.99 }", "1s");
        rule(
                "labels.yaml",
                "EtcdCallsFail",
                "increase: { of: { metric: grpc_server_handled_total, where: { grpc_code: Nonsense } }, over: 1m }",
                "3");
        Path yaml = folder.resolve("quorate.yaml");
        CompletableFuture<Integer> serving = CompletableFuture.supplyAsync(() -> Quorate.run(
                "simulate", "--plan", plan().toString(), "--serve", "--for", "60s", "--settings", yaml.toString()));
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(yaml));
        // Once each member was scraped for the first time.
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> Quorate.run("doctor", "--config", yaml.toString()) == 0);

        int exit = Quorate.run(
                "rules",
                "lint",
                folder.resolve("rules").toString(),
                "--live",
                "--config",
                yaml.toString(),
                "--profile",
                "fleet");

        assertThat(exit).as(console.complained()).isEqualTo(1);
        List<String> blind = console.told()
                .lines()
                .filter(line -> line.contains(" is blind in "))
                .toList();
        assertThat(blind)
                .hasSize(4)
                .anyMatch(line -> line.startsWith("EtcdCallsSlow is blind in eu-00000: grpc_server_handling_seconds is"
                        + " shown only by etcd that runs with --metrics=extensive (http"))
                .anyMatch(line -> line.startsWith("EtcdCallsFail is blind in eu-00001:"
                        + " grpc_server_handled_total{grpc_code=\"Nonsense\"} has no series with these labels, though it"
                        + " has others; check the labels (http"));
        assertThat(console.told()).contains("; 2 rules blind in 2 clusters\n");
        serving.cancel(true);
    }

    private Path plan() {
        try {
            return Files.writeString(folder.resolve("pair.yaml"), """
                    schema: plan/v1
                    name: pair
                    fleet: { clusters: 2, prefix: eu-, etcd: "3.5", metrics: basic }
                    collector: { scrape: 2s }
                    """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void rule(String file, String name, String signal, String bound) throws Exception {
        Files.createDirectories(folder.resolve("rules"));
        Files.writeString(folder.resolve("rules").resolve(file), """
                # Somebody waits.
                rule: %s
                schema: rules/v1
                maturity: sandbox
                reads: member-window
                per: member
                when:
                  %s
                levels:
                  - { severity: warning, above: %s, for: 10s }
                alert:
                  summary: "{who} is slow"
                """.formatted(name, signal, bound));
    }
}
