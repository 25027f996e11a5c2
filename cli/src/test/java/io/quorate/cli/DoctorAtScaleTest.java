package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.simulator.face.ServedFleet;
import io.quorate.simulator.plan.Plan;
import io.quorate.testkit.BadTarget;
import io.quorate.testkit.BadTargets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A thousand clusters of three, found at one place and scraped, and the bad targets at another. */
@Tag("slow")
class DoctorAtScaleTest {

    private static final Pattern WELL = Pattern.compile("ok    metrics          (\\d+) members show their metrics,");
    private static final Pattern ASKED = Pattern.compile("only (\\d+) of 3007 members were asked within 7 s;");

    @TempDir
    Path folder;

    @RegisterExtension
    final Console console = new Console();

    @Test
    void namesTheBadOnesOnFewLinesAndCallsNobodyBadWhoIsNot() throws Exception {
        Plan plan = Plan.read("thousand.yaml", """
            schema: plan/v1
            name: thousand
            fleet: { clusters: 1000, prefix: c-, etcd: "3.5" }
            """);
        try (ServedFleet fleet = ServedFleet.start(plan, 7, Instant.now(), 1, 0, ServedFleet.NO_ETCD);
                BadTargets bad = BadTargets.start(folder)) {
            Path plain = folder.resolve("plain.json");
            Path tls = folder.resolve("tls.json");
            Map<String, BadTarget> others = bad.byName();
            write(tls, Map.of("expired", bad.expired()));
            others.remove("expired");
            write(plain, others);
            Path settings =
                    Files.writeString(folder.resolve("quorate.yaml"), """
                        ingest:
                          metrics:
                            - { discover: { http: "%s/sd" } }
                            - { discover: { files: ["%s"] } }
                            - { discover: { files: ["%s"] }, tls: { ca: "%s" } }
                        """.formatted(fleet.url(), plain, tls, bad.ca()));

            assertThat(Quorate.run("doctor", "--config", settings.toString())).isEqualTo(3);
        }

        assertThat(console.told()).contains("/sd: 3000 members of 1000 clusters\n");
        assertThat(console.complained().lines())
                .hasSize(7)
                .allMatch(line -> line.startsWith("MISS  metrics bad      "))
                .extracting(line -> line.replaceFirst(".*\\(member (\\w+)\\) cannot be asked: ([a-z-]+): .*", "$1 $2"))
                .containsExactlyInAnyOrder(
                        "hanging timeout",
                        "large too-large",
                        "bomb too-large",
                        "garbage not-metrics",
                        "dripping timeout",
                        "expired tls",
                        "unauthorized auth");
        // How many depends on the machine; all were asked where it says nothing.
        Matcher asked = ASKED.matcher(console.told());
        assertThat(well()).isEqualTo(asked.find() ? Long.parseLong(asked.group(1)) - 7 : 3_000);
        assertThat(console.told().lines()).hasSizeLessThan(200);
    }

    private long well() {
        Matcher many = WELL.matcher(console.told());
        return many.find()
                ? Long.parseLong(many.group(1))
                : console.told()
                        .lines()
                        .filter(line -> line.matches("ok    metrics c-.*: member m[123], .*"))
                        .count();
    }

    private static void write(Path file, Map<String, BadTarget> targets) throws Exception {
        Files.writeString(
                file,
                targets.entrySet().stream()
                        .map(target -> """
                            { "targets": ["%s"], "labels": { "cluster": "bad", "member": "%s" } }\
                            """.formatted(target.getValue().address(), target.getKey()))
                        .collect(Collectors.joining(",\n", "[", "]")));
    }
}
