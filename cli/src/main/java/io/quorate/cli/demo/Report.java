package io.quorate.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.desk.Election;
import io.quorate.sinks.clickhouse.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the demo did and saw, for machines.
 *
 * @param skipped steps that there was no time or no way for, with the reason
 * @param peakRssMiB by process
 * @param versions by part
 */
record Report(
        String cluster,
        Instant startedAt,
        Instant readyAt,
        List<Election> elections,
        List<Story> changes,
        List<Fault> faults,
        List<Notice> pages,
        long windows,
        Map<String, String> skipped,
        Map<String, Long> peakRssMiB,
        Map<String, String> versions,
        Verification verification) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    void writeTo(Path file) throws IOException {
        JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json());
    }

    private JsonNode json() {
        ObjectNode report = JSON.createObjectNode();
        report.put("startedAt", time(startedAt));
        report.put("readyAt", time(readyAt));
        report.put("startupSeconds", seconds(startedAt, readyAt));
        ArrayNode allChanges = report.putArray("leaderChanges");
        for (Story change : changes) {
            allChanges
                    .addObject()
                    .put("injectedAt", time(change.injectedAt()))
                    .put("electedAt", time(change.electedAt()))
                    .put("observedAt", time(change.observedAt()))
                    .put("seconds", change.seconds())
                    .put("cluster", cluster)
                    .put("from", change.from())
                    .put("to", change.to())
                    .put("term", change.term());
        }
        ArrayNode allPages = report.putArray("pages");
        for (Notice notice : pages) {
            WebhookListener.Page page = notice.page();
            if (page.isFiring()) {
                allPages.addObject()
                        .put("rule", page.rule())
                        .put("severity", page.severity())
                        .put("cluster", page.cluster())
                        .put("member", page.member().isEmpty() ? null : page.member())
                        .put("breachedAt", time(notice.breachedAt()))
                        .put("deliveredAt", time(page.deliveredAt()))
                        .put("seconds", notice.seconds())
                        .put("id", page.id());
            }
        }
        ArrayNode allFaults = report.putArray("faults");
        for (Fault fault : faults) {
            allFaults
                    .addObject()
                    .put("kind", fault.kind().written)
                    .put("member", fault.member())
                    .put("from", time(fault.from()))
                    .put("to", time(fault.to()));
        }
        ArrayNode before = report.putArray("electionsBeforeReady");
        for (Election election : elections) {
            if (election.at().isBefore(readyAt)) {
                before.addObject()
                        .put("electedAt", time(election.at()))
                        .put("leader", election.member())
                        .put("term", election.term());
            }
        }
        report.put("windows", windows);
        ArrayNode allSkipped = report.putArray("skipped");
        skipped.forEach(
                (step, reason) -> allSkipped.addObject().put("step", step).put("reason", reason));
        ObjectNode memory = report.putObject("peakRssMiB");
        peakRssMiB.forEach(memory::put);
        ObjectNode parts = report.putObject("versions");
        versions.forEach(parts::put);
        ArrayNode checks = report.putArray("verification");
        for (Verification.Check check : verification.checks()) {
            checks.addObject()
                    .put("check", check.name())
                    .put("scope", check.scope())
                    .put("size", check.size())
                    .put("rows", check.rows())
                    .put("differing", check.differing());
        }
        return report;
    }

    private static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : MILLIS.format(time);
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }
}
