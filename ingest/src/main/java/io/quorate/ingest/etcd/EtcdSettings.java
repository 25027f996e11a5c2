package io.quorate.ingest.etcd;

import io.quorate.ingest.transport.BearerToken;
import io.quorate.ingest.transport.Transport;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One cluster whose members are asked, {@code ingest.etcd} in the settings.
 *
 * @param cluster its name
 * @param endpoints of all members, such as {@code https://etcd-1.example:2379}
 * @param interval from one status of a member to its next
 * @param deadline of one call, at most the interval
 * @param memberListInterval from one member list to the next
 * @param transport how they are reached, and which user of etcd they are asked by
 * @param labels of the cluster: env, region, az, storage class, owner
 * @param followMembers whether members that the member list names are asked too, and those that left no more
 */
public record EtcdSettings(
        String cluster,
        List<String> endpoints,
        Duration interval,
        Duration deadline,
        Duration memberListInterval,
        Transport transport,
        Map<String, String> labels,
        boolean followMembers)
        implements Serializable {

    private static final long serialVersionUID = 1;

    public static final Duration INTERVAL = Duration.ofSeconds(1);
    public static final Duration DEADLINE = Duration.ofMillis(500);
    public static final Duration MEMBER_LIST_INTERVAL = Duration.ofSeconds(10);

    public EtcdSettings {
        // Copies that Java can serialise, whatever came in.
        endpoints = new ArrayList<>(endpoints);
        labels = new LinkedHashMap<>(labels);
        List<String> problems = new ArrayList<>();
        if (cluster.isBlank()) {
            problems.add("cluster: is blank, expected a name");
        }
        if (endpoints.isEmpty()) {
            problems.add("endpoints: is empty, expected at least one such as http://etcd-1.example:2379");
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < endpoints.size(); i++) {
            String problem = problem(endpoints.get(i));
            if (problem != null) {
                problems.add("endpoints[" + i + "]: " + problem);
            } else if (!seen.add(endpoints.get(i))) {
                problems.add("endpoints[" + i + "]: " + endpoints.get(i) + " stands twice, expected each once");
            }
        }
        if (transport.tls() != null && endpoints.stream().noneMatch(endpoint -> endpoint.startsWith("https://"))) {
            problems.add("tls: is given, but no endpoint is https; expected https endpoints, or no tls");
        }
        if (transport.authorization() instanceof BearerToken) {
            problems.add("bearer-token: is nothing that etcd takes, expected user and password, or a certificate");
        }
        if (interval.compareTo(Duration.ofMillis(100)) < 0) {
            problems.add("status-interval: " + interval.toMillis() + "ms is too short, expected at least 100ms");
        }
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(interval) > 0) {
            problems.add("deadline: " + deadline.toMillis() + "ms, expected more than 0 and at most the interval of "
                    + interval.toMillis() + "ms");
        }
        if (memberListInterval.compareTo(interval) < 0) {
            problems.add("member-list-interval: " + memberListInterval.toMillis()
                    + "ms, expected at least the interval of " + interval.toMillis() + "ms");
        }
        if (!problems.isEmpty()) {
            // A line per key, for whoever tells each with its place.
            throw new IllegalArgumentException("ingest.etcd." + String.join("\ningest.etcd.", problems));
        }
    }

    /** Of the endpoints alone, whoever else the member list names. */
    public EtcdSettings(
            String cluster,
            List<String> endpoints,
            Duration interval,
            Duration deadline,
            Duration memberListInterval,
            Transport transport,
            Map<String, String> labels) {
        this(cluster, endpoints, interval, deadline, memberListInterval, transport, labels, false);
    }

    /** That cluster, everything else by default. */
    public static EtcdSettings of(String cluster, List<String> endpoints) {
        return new EtcdSettings(
                cluster, endpoints, INTERVAL, DEADLINE, MEMBER_LIST_INTERVAL, Transport.PLAIN, Map.of());
    }

    /** Why this is no endpoint; null when it is one. */
    static @Nullable String problem(String endpoint) {
        if (endpoint.contains("@")) {
            return "holds a user or a password (not repeated), expected only scheme, host and port: set tls.certificate"
                    + " and tls.key, or user and password-file";
        }
        try {
            URI uri = new URI(endpoint);
            boolean scheme = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean bare = uri.getPath() == null
                    || uri.getPath().isEmpty()
                    || uri.getPath().equals("/");
            boolean port = uri.getPort() > 0 && uri.getPort() <= 65_535;
            boolean nothingBehind = uri.getQuery() == null && uri.getFragment() == null;
            return scheme && uri.getHost() != null && port && bare && nothingBehind
                    ? null
                    : withoutQuery(endpoint) + " is none, expected http://host:port or https://host:port";
        } catch (URISyntaxException e) {
            return withoutQuery(endpoint) + " is no address, expected http://host:port or https://host:port";
        }
    }

    /** A secret may stand behind it. */
    private static String withoutQuery(String endpoint) {
        return endpoint.replaceFirst("(?s)[?#].*", "");
    }
}
