package io.quorate.cli.demo;

import io.quorate.sinks.clickhouse.Question;
import io.quorate.sinks.clickhouse.Span;
import io.quorate.sinks.clickhouse.WindowSize;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** Where to look, and for what. */
final class IndexPage {

    private static final Span ALL_TIME =
            new Span(Instant.parse("2000-01-01T00:00:00Z"), Instant.parse("2200-01-01T00:00:00Z"));

    private static final List<Ready> READY = List.of(
            new Ready(
                    "fsync percentiles by member",
                    "fsync-by-member",
                    "How long each member waits for its disk, one row per member and 10 s. Look at p99_ms of the member"
                            + " whose disk is slowed: it rises from a few milliseconds to hundreds, the others' stay."),
            new Ready(
                    "fsync: fleet, cluster, member",
                    "fsync-fleet-cluster-member",
                    "The same p99 at three scopes side by side. Look at a row of the slow member: the cluster's p99"
                            + " rises with it, and its neighbours' rows tell that it is one disk, not all."),
            new Ready(
                    "leader changes and pages",
                    "leader-changes-and-pages",
                    "Each leader change with the pages of its cluster within a minute. Look for the third change: the"
                            + " page of EtcdElectionStorm stands beside it."));

    /** A query that ships. */
    private record Ready(String name, String question, String lookFor) {}

    private IndexPage() {}

    static String of(String clickhouse, String flink) {
        StringBuilder html = new StringBuilder(
                "<!doctype html><meta charset=utf-8><title>Quorate demo</title>"
                        + "<style>body{font:16px sans-serif;max-width:45em;margin:3em auto;padding:0 1em;line-height:1.5}"
                        + "li{margin:.8em 0}</style><h1>Quorate demo</h1>"
                        + "<p>Three ready queries. Each opens in ClickHouse's own page and runs; Run there runs it anew.</p><ul>");
        for (Ready query : READY) {
            item(
                    html,
                    clickhouse + "/play?database=quorate&amp;run=1" + ready(query.question),
                    query.name,
                    query.lookFor);
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

    /** The values of all time and every cluster, which the page puts beside the query and lets be changed, and the query. */
    private static String ready(String name) {
        Question question = Question.named(name).orElseThrow();
        StringBuilder url = new StringBuilder();
        question.values(ALL_TIME, WindowSize.BASE, "", "")
                .forEach((parameter, value) -> url.append("&amp;param_")
                        .append(parameter)
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return url.append('#')
                .append(Base64.getEncoder().encodeToString(question.sql().getBytes(StandardCharsets.UTF_8)))
                .toString();
    }
}
