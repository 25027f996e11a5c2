package io.quorate.cli.demo;

import io.quorate.sinks.clickhouse.Verification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Where to look, and for what. */
final class IndexPage {

    private static final List<Question> QUESTIONS = List.of(
            new Question(
                    "fsync percentiles by member",
                    "fsync_by_member.sql",
                    "How long each member waits for its disk, one row per member and 10 s. Look at p99_ms of the member"
                            + " whose disk is slowed: it rises from a few milliseconds to hundreds, the others' stay."),
            new Question(
                    "fsync: fleet, cluster, member",
                    "fsync_fleet_cluster_member.sql",
                    "The same p99 at three scopes side by side. Look at a row of the slow member: the cluster's p99"
                            + " rises with it, and its neighbours' rows tell that it is one disk, not all."),
            new Question(
                    "leader changes and pages",
                    "leader_changes_and_pages.sql",
                    "Each leader change with the pages of its cluster within a minute. Look for the third change: the"
                            + " page of EtcdElectionStorm stands beside it."));

    /** A query that ships. */
    private record Question(String name, String file, String lookFor) {}

    private IndexPage() {}

    static String of(String clickhouse, String flink) {
        StringBuilder html = new StringBuilder(
                "<!doctype html><meta charset=utf-8><title>Quorate demo</title>"
                        + "<style>body{font:16px sans-serif;max-width:45em;margin:3em auto;padding:0 1em;line-height:1.5}"
                        + "li{margin:.8em 0}</style><h1>Quorate demo</h1>"
                        + "<p>Three ready queries. Each opens in ClickHouse's own page and runs; Run there runs it anew.</p><ul>");
        for (Question question : QUESTIONS) {
            String query = Base64.getEncoder().encodeToString(sql(question.file).getBytes(StandardCharsets.UTF_8));
            item(html, clickhouse + "/play?database=quorate&amp;run=1#" + query, question.name, question.lookFor);
        }
        html.append("</ul><p>The parts' own pages:</p><ul>");
        item(
                html,
                flink,
                "Flink",
                "The jobs that count and judge. Look at a job's graph: every box is running, and its records grow.");
        item(
                html,
                clickhouse + "/play",
                "ClickHouse",
                "An empty page for queries of your own; SHOW TABLES FROM quorate is a beginning.");
        return html.append("</ul>").toString();
    }

    private static void item(StringBuilder html, String url, String name, String lookFor) {
        html.append("<li><a href=\"")
                .append(url)
                .append("\">")
                .append(name)
                .append("</a><br>")
                .append(lookFor)
                .append("</li>");
    }

    private static String sql(String file) {
        try {
            return Verification.sql("/clickhouse/questions/" + file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
