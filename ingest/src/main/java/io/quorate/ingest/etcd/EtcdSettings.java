package io.quorate.ingest.etcd;

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
 * @param tls how to trust and be trusted; null for the system's trust
 * @param labels of the cluster: env, region, az, storage class, owner
 */
public record EtcdSettings(
        String cluster,
        List<String> endpoints,
        Duration interval,
        Duration deadline,
        Duration memberListInterval,
        @Nullable Tls tls,
        Map<String, String> labels)
        implements Serializable {

    private static final long serialVersionUID = 1;

    public static final Duration INTERVAL = Duration.ofSeconds(1);
    public static final Duration DEADLINE = Duration.ofMillis(500);
    public static final Duration MEMBER_LIST_INTERVAL = Duration.ofSeconds(10);

    /**
     * Files of PEM.
     *
     * @param ca whom to trust; null for the system's trust
     * @param certificate to show; null for none
     * @param key of that certificate
     */
    public record Tls(
            @Nullable String ca,
            @Nullable String certificate,
            @Nullable String key) implements Serializable {

        private static final long serialVersionUID = 1;

        public Tls {
            if ((certificate == null) != (key == null)) {
                throw new IllegalArgumentException(
                        "ingest.etcd.tls: certificate and key belong together, expected both or neither");
            }
        }
    }

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
        if (tls != null && endpoints.stream().noneMatch(endpoint -> endpoint.startsWith("https://"))) {
            problems.add("tls: is given, but no endpoint is https; expected https endpoints, or no tls");
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

    /** That cluster, everything else by default. */
    public static EtcdSettings of(String cluster, List<String> endpoints) {
        return new EtcdSettings(cluster, endpoints, INTERVAL, DEADLINE, MEMBER_LIST_INTERVAL, null, Map.of());
    }

    private static @Nullable String problem(String endpoint) {
        if (endpoint.contains("@")) {
            return "holds a user or a password (not repeated), expected only scheme, host and port: etcd is shown a"
                    + " certificate, set tls.certificate and tls.key";
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
