package io.quorate.simulator.face;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** A recording as figures, of a real cluster or a simulated one. */
final class Recorded {

    private static final ObjectMapper JSON = new ObjectMapper();

    private record Scrape(double at, Map<String, Double> values) {}

    private final Map<String, List<Scrape>> scrapes = new TreeMap<>();
    private final JsonNode truth;
    private final double from;
    private final List<Double> alarmed = new ArrayList<>();

    private Recorded(JsonNode truth) {
        this.truth = truth;
        this.from = truth.get("t0").asDouble();
    }

    static Recorded read(InputStream packed, InputStream truth) throws IOException {
        Recorded recorded = new Recorded(JSON.readTree(truth));
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                recorded.take(JSON.readTree(line));
            }
        }
        recorded.scrapes.values().forEach(list -> list.sort(Comparator.comparingDouble(Scrape::at)));
        recorded.alarmed.sort(Comparator.naturalOrder());
        return recorded;
    }

    private void take(JsonNode line) {
        String kind = line.get("kind").asText();
        double at = line.get("t").asDouble() - from;
        if (kind.equals("metrics") && line.has("body")) {
            Map<String, Double> values = new HashMap<>();
            line.get("body")
                    .asText()
                    .lines()
                    .filter(sample -> sample.startsWith("etcd_"))
                    .forEach(sample -> {
                        int blank = sample.lastIndexOf(' ');
                        values.put(sample.substring(0, blank), Double.parseDouble(sample.substring(blank + 1)));
                    });
            scrapes.computeIfAbsent(line.get("member").asText(), unseen -> new ArrayList<>())
                    .add(new Scrape(at, values));
        } else if (kind.equals("status_http")
                && line.path("body").path("text").asText().contains("NOSPACE")) {
            alarmed.add(at);
        }
    }

    /** Leaders elected while it was recorded: seconds since the beginning, and their terms. */
    List<double[]> elections() {
        List<double[]> elections = new ArrayList<>();
        for (JsonNode leader : truth.get("leaders_from_log")) {
            double at = leader.get("t").asDouble();
            if (at > from && at < truth.get("t1").asDouble()) {
                elections.add(new double[] {at - from, leader.get("term").asDouble()});
            }
        }
        return elections;
    }

    /** When the first status told of NOSPACE after this. */
    double alarmedAfter(double seconds) {
        return alarmed.stream().filter(at -> at > seconds).findFirst().orElse(Double.NaN);
    }

    /** Who led for most of that time, by its own word. */
    String leader(double a, double b) {
        return scrapes.keySet().stream()
                .max(Comparator.comparingDouble(member -> within(member, a, b)
                        .mapToDouble(scrape -> scrape.values().getOrDefault("etcd_server_is_leader", 0.0))
                        .sum()))
                .orElseThrow();
    }

    List<String> members() {
        return List.copyOf(scrapes.keySet());
    }

    double max(String member, String series, double a, double b) {
        return within(member, a, b)
                .mapToDouble(scrape -> scrape.values().getOrDefault(series, 0.0))
                .max()
                .orElse(0);
    }

    /** How much it grew per second, restarts seen. */
    double rate(String member, String series, double a, double b) {
        return increase(member, series, a, b) / (b - a);
    }

    double increase(String member, String series, double a, double b) {
        double[] values = within(member, a, b)
                .mapToDouble(scrape -> scrape.values().getOrDefault(series, 0.0))
                .toArray();
        double increase = 0;
        for (int i = 1; i < values.length; i++) {
            increase += values[i] >= values[i - 1] ? values[i] - values[i - 1] : values[i];
        }
        return increase;
    }

    /** How often per second it failed to send to any peer. */
    double peerFailures(String member, double a, double b) {
        String series = "etcd_network_peer_sent_failures_total{";
        return within(member, a, b)
                .flatMap(scrape -> scrape.values().keySet().stream())
                .filter(name -> name.startsWith(series))
                .distinct()
                .mapToDouble(name -> rate(member, name, a, b))
                .max()
                .orElse(0);
    }

    /** The mean of a histogram in milliseconds. */
    double mean(String member, String histogram, double a, double b) {
        return 1000 * increase(member, histogram + "_sum", a, b) / increase(member, histogram + "_count", a, b);
    }

    /** The share of a histogram's observations at or below an edge. */
    double share(String member, String histogram, String edge, double a, double b) {
        return increase(member, histogram + "_bucket{le=\"" + edge + "\"}", a, b)
                / increase(member, histogram + "_count", a, b);
    }

    private Stream<Scrape> within(String member, double a, double b) {
        return scrapes.getOrDefault(member, List.of()).stream().filter(scrape -> scrape.at() >= a && scrape.at() <= b);
    }
}
