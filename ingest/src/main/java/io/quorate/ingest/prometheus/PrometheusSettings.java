package io.quorate.ingest.prometheus;

import io.quorate.ingest.transport.Transport;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * One Prometheus that is asked, {@code ingest.prometheus} in the settings.
 *
 * @param url where it is, such as {@code http://prometheus.example:9090}
 * @param selector which series are etcd's, such as {@code {job=~".*etcd.*"}}
 * @param clusterLabel which label tells clusters apart
 * @param cluster name of the cluster where series lack that label; null when all have it
 * @param memberLabel which label names the member; null for {@code member} where there is one, else {@code instance}
 * @param interval from poll to poll
 * @param timeout of one poll, at most the interval
 * @param transport how it is reached, and what it is shown
 * @param dropLabels further labels that name the member, such as those of replicas, to be left out of series
 * @param labels of all its clusters: env, region, az, storage class, owner
 * @param nodes how members are joined to the node-exporters of their machines; null when these are not asked for
 */
public record PrometheusSettings(
        String url,
        String selector,
        String clusterLabel,
        @Nullable String cluster,
        @Nullable String memberLabel,
        Duration interval,
        Duration timeout,
        Transport transport,
        List<String> dropLabels,
        Map<String, String> labels,
        @Nullable NodeJoin nodes)
        implements Serializable {

    private static final long serialVersionUID = 1;
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    public static final String SELECTOR = "{job=~\".*etcd.*\"}";
    public static final String CLUSTER_LABEL = "cluster";
    public static final Duration INTERVAL = Duration.ofSeconds(10);
    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    public PrometheusSettings {
        // Copies that Java can serialise, whatever came in.
        dropLabels = new ArrayList<>(dropLabels);
        labels = new LinkedHashMap<>(labels);
        List<String> problems = new ArrayList<>();
        HttpUrl parsed = HttpUrl.parse(url);
        if (parsed == null) {
            problems.add("url: no address, expected such as http://prometheus.example:9090");
        } else if (!parsed.username().isEmpty() || !parsed.password().isEmpty()) {
            problems.add("url: holds a user or a password (not repeated), expected none there: set basic, or"
                    + " bearer-token-file or bearer-token-env");
        } else if (parsed.query() != null || parsed.fragment() != null) {
            problems.add("url: holds a query, expected only host, port and path prefix");
        } else if (transport.tls() != null && !parsed.isHttps()) {
            problems.add("tls: is given, but the url is not https; expected an https url, or no tls");
        }
        if (!selector.startsWith("{") || !selector.endsWith("}") || selector.length() < 2) {
            problems.add("selector: " + selector + " is none, expected such as " + SELECTOR);
        }
        if (!isLabel(clusterLabel)) {
            problems.add("cluster-label: " + clusterLabel + " is no label name");
        }
        if (memberLabel != null && !isLabel(memberLabel)) {
            problems.add("member-label: " + memberLabel + " is no label name");
        }
        for (String label : dropLabels) {
            if (!isLabel(label)) {
                problems.add("drop-labels: " + label + " is no label name");
            }
        }
        if (cluster != null && cluster.isBlank()) {
            problems.add("cluster: is blank, expected a name or no such key");
        }
        judge(interval, timeout, problems);
        if (!problems.isEmpty()) {
            // A line per key, for whoever tells each with its place.
            throw new IllegalArgumentException("ingest.prometheus." + String.join("\ningest.prometheus.", problems));
        }
    }

    /** Without labels and node-exporters. */
    public PrometheusSettings(
            String url,
            String selector,
            String clusterLabel,
            @Nullable String cluster,
            @Nullable String memberLabel,
            Duration interval,
            Duration timeout,
            Transport transport,
            List<String> dropLabels) {
        this(
                url,
                selector,
                clusterLabel,
                cluster,
                memberLabel,
                interval,
                timeout,
                transport,
                dropLabels,
                Map.of(),
                null);
    }

    /** The same with members joined to the node-exporters of their machines. */
    public PrometheusSettings with(NodeJoin join) {
        return new PrometheusSettings(
                url,
                selector,
                clusterLabel,
                cluster,
                memberLabel,
                interval,
                timeout,
                transport,
                dropLabels,
                labels,
                join);
    }

    /** The same with members joined to nothing. */
    PrometheusSettings withoutNodes() {
        return new PrometheusSettings(
                url,
                selector,
                clusterLabel,
                cluster,
                memberLabel,
                interval,
                timeout,
                transport,
                dropLabels,
                labels,
                null);
    }

    /** The same of these clusters and no others. */
    public PrometheusSettings only(Set<String> clusters) {
        Set<String> values = new TreeSet<>(clusters);
        if (cluster != null && values.contains(cluster)) {
            // The name of those that lack the label.
            values.add("");
        }
        String narrower = Queries.inner(selector);
        return new PrometheusSettings(
                url,
                "{" + narrower + (narrower.isEmpty() ? "" : ",") + Queries.isOneOf(clusterLabel, values) + "}",
                clusterLabel,
                cluster,
                memberLabel,
                interval,
                timeout,
                transport,
                dropLabels,
                labels,
                nodes);
    }

    /** What is wrong with how often it is asked, and for how long. */
    static void judge(Duration interval, Duration timeout, List<String> problems) {
        if (interval.compareTo(SHORTEST) < 0) {
            problems.add("metrics-interval: " + interval.toMillis() + "ms is too short, expected at least 100ms");
        }
        if (interval.compareTo(LONGEST) > 0) {
            problems.add("metrics-interval: " + interval.toSeconds()
                    + "s is too long, expected at most 30s: samples more than a minute old are refused");
        }
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(interval) > 0) {
            problems.add("timeout: " + timeout.toMillis() + "ms, expected more than 0 and at most the interval of "
                    + interval.toMillis() + "ms");
        }
    }

    /** That server, everything else by default. */
    public static PrometheusSettings of(String url) {
        return new PrometheusSettings(
                url, SELECTOR, CLUSTER_LABEL, null, null, INTERVAL, TIMEOUT, Transport.PLAIN, List.of());
    }

    /** That server, polled as often, everything else by default. */
    public static PrometheusSettings of(String url, Duration interval) {
        Duration timeout = interval.compareTo(TIMEOUT) < 0 ? interval : TIMEOUT;
        return new PrometheusSettings(
                url, SELECTOR, CLUSTER_LABEL, null, null, interval, timeout, Transport.PLAIN, List.of());
    }

    /** What makes it the same over restarts. */
    String splitId() {
        return url + " " + selector;
    }

    static boolean isLabel(String name) {
        return name.matches("[a-zA-Z_][a-zA-Z0-9_]*");
    }
}
