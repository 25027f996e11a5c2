package io.quorate.simulator.face;

import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Member;
import io.quorate.simulator.model.Readings;
import io.quorate.simulator.model.Release;
import io.quorate.simulator.model.Tally;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The page of metrics of one line of etcd's versions: its series in etcd's own order, each with where its value comes from.
 * What the page of a real member shows and the model does not know stands still.
 */
final class Page {

    private static final List<String> CODES = List.of(
            "Aborted",
            "AlreadyExists",
            "Canceled",
            "DataLoss",
            "DeadlineExceeded",
            "FailedPrecondition",
            "Internal",
            "InvalidArgument",
            "NotFound",
            "OK",
            "OutOfRange",
            "PermissionDenied",
            "ResourceExhausted",
            "Unauthenticated",
            "Unavailable",
            "Unimplemented",
            "Unknown");
    private static final double[] RPC_EDGES = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

    /** Simulated time to time of day, in seconds. */
    interface Clock {
        double epochSeconds(long micros);
    }

    /** Where the value of a series comes from. */
    private interface Source {
        double of(Cluster cluster, Member member, int peer, Clock clock);
    }

    /**
     * A series.
     *
     * @param labels without braces, {@code @self} and {@code @peer} for ids
     * @param peer which of the other members, in order of ids; -1 where no peer is named
     * @param still whether it never moves
     */
    record Series(String name, String labels, int peer, boolean still) {}

    /** Either a HELP and TYPE, or a series. */
    private record Item(@Nullable String text, int series) {}

    private record Method(String service, String name, String type) {}

    private final int members;
    private final List<Item> items = new ArrayList<>();
    private final List<Series> series = new ArrayList<>();
    private final List<Source> sources = new ArrayList<>();
    private final Map<String, String> types = new LinkedHashMap<>();

    private Page(int members) {
        this.members = members;
    }

    /** The page of this release, of members of clusters of this size. */
    static Page of(Release release, boolean extensive, int members) {
        Page page = new Page(members);
        page.read(lines(release), extensive);
        return page;
    }

    /** The page as if the member showed no metrics but these; a histogram is asked for by its base name. */
    Page only(Predicate<String> shown) {
        Page page = new Page(members);
        page.types.putAll(types);
        for (Item item : items) {
            if (item.text() != null) {
                page.items.add(item);
                continue;
            }
            Series one = series.get(item.series());
            if (shown.test(metric(one.name()))) {
                page.add(one.name(), one.labels(), one.peer(), one.still(), sources.get(item.series()));
            }
        }
        return page;
    }

    private String metric(String name) {
        String base = name.replaceFirst("_(bucket|sum|count)$", "");
        return "histogram".equals(types.get(base)) ? base : name;
    }

    List<Series> series() {
        return series;
    }

    /** TYPE by name of metric. */
    Map<String, String> types() {
        return types;
    }

    /** All values now, in order of the series; NaN is absent. */
    double[] values(Cluster cluster, Member member, Clock clock) {
        int[] peers = peers(cluster, member);
        double[] values = new double[series.size()];
        for (int i = 0; i < values.length; i++) {
            int peer = series.get(i).peer();
            values[i] = sources.get(i).of(cluster, member, peer < 0 ? -1 : peers[peer], clock);
        }
        return values;
    }

    /** Which series move; the others always show the same. */
    int[] moving() {
        return IntStream.range(0, series.size())
                .filter(i -> !series.get(i).still())
                .toArray();
    }

    /** The values of these series now. */
    double[] values(int[] which, Cluster cluster, Member member, Clock clock) {
        int[] peers = peers(cluster, member);
        double[] values = new double[which.length];
        for (int i = 0; i < which.length; i++) {
            int peer = series.get(which[i]).peer();
            values[i] = sources.get(which[i]).of(cluster, member, peer < 0 ? -1 : peers[peer], clock);
        }
        return values;
    }

    /** The value of a series that never moves. */
    double still(int one, Cluster cluster, Member member, Clock clock) {
        return sources.get(one).of(cluster, member, -1, clock);
    }

    /** Indexes of the other members, in order of their ids: so they stand on the page. */
    static int[] peers(Cluster cluster, Member member) {
        return cluster.members().stream()
                .filter(other -> other != member)
                .sorted(Comparator.comparing(Member::hexId))
                .mapToInt(Member::index)
                .toArray();
    }

    /** The labels of a series of this member. */
    static String labels(Series series, Cluster cluster, Member member, int[] peers) {
        String labels = series.labels();
        if (labels.indexOf('@') < 0) {
            return labels;
        }
        labels = labels.replace("@self", member.hexId());
        return series.peer() < 0
                ? labels
                : labels.replace(
                        "@peer", cluster.members().get(peers[series.peer()]).hexId());
    }

    /** The page as text. */
    String text(Cluster cluster, Member member, Clock clock) {
        return text(cluster, member, clock, true);
    }

    /** The page without what never says anything: explanations, and the calls that nobody makes. */
    String brief(Cluster cluster, Member member, Clock clock) {
        return text(cluster, member, clock, false);
    }

    private String text(Cluster cluster, Member member, Clock clock, boolean whole) {
        double[] values = values(cluster, member, clock);
        int[] peers = peers(cluster, member);
        StringBuilder text = new StringBuilder(whole ? 200_000 : 20_000);
        String heading = null;
        for (Item item : items) {
            if (item.text() != null) {
                heading =
                        whole ? item.text() : item.text().substring(item.text().indexOf("# TYPE"));
                continue;
            }
            Series one = series.get(item.series());
            double value = values[item.series()];
            boolean silent = !whole && one.still() && one.name().startsWith("grpc_");
            if (Double.isNaN(value) || silent) {
                continue;
            }
            if (heading != null) {
                // A family without series is not shown.
                text.append(heading);
                heading = null;
            }
            text.append(one.name());
            if (!one.labels().isEmpty()) {
                text.append('{').append(labels(one, cluster, member, peers)).append('}');
            }
            text.append(' ');
            GoNumber.append(text, value);
            text.append('\n');
        }
        return text.toString();
    }

    private void read(List<String> lines, boolean extensive) {
        List<Method> methods = lines.stream()
                .filter(line -> line.startsWith("~"))
                .map(line -> line.substring(1).split(" "))
                .map(parts -> new Method(parts[0], parts[1], parts[2]))
                .sorted(Comparator.comparing(Method::name).thenComparing(Method::service))
                .toList();
        List<String> family = new ArrayList<>();
        String help = "";
        for (String line : lines) {
            if (line.startsWith("# HELP ")) {
                addFamily(family);
                help = line;
            } else if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ");
                boolean handling = words[2].equals("grpc_server_handling_seconds");
                if (!handling || extensive) {
                    types.put(words[2], words[3]);
                    items.add(new Item(help + "\n" + line + "\n", -1));
                    if (words[2].startsWith("grpc_")) {
                        addCalls(words[2], methods);
                    }
                }
            } else if (!line.startsWith("##") && !line.startsWith("~") && !line.isBlank()) {
                family.add(line);
            }
        }
        addFamily(family);
    }

    /** Every peer has its own series, all of one peer together. */
    private void addFamily(List<String> family) {
        for (String line : family) {
            boolean byPeer = line.contains("@peer");
            for (int peer = 0; peer < (byPeer ? members - 1 : 1); peer++) {
                add(line, byPeer ? peer : -1);
            }
        }
        family.clear();
    }

    private void add(String line, int peer) {
        int end = line.contains("}") ? line.indexOf('}') + 1 : line.indexOf(' ');
        String named = line.substring(0, end);
        String rest = line.substring(end + 1).strip();
        int brace = named.indexOf('{');
        String name = brace < 0 ? named : named.substring(0, brace);
        String labels = brace < 0 ? "" : named.substring(brace + 1, named.length() - 1);
        if (name.startsWith("@")) {
            addHistogram(name.substring(1), labels, peer, rest);
        } else {
            addValue(name, labels, peer, rest);
        }
    }

    private void addValue(String name, String labels, int peer, String still) {
        Readings.Value value = Readings.value(name);
        for (String label : labels.split(",")) {
            Readings.Value labelled = Readings.value(name + "{" + label + "}");
            value = labelled == null ? value : labelled;
        }
        if (name.equals("process_start_time_seconds")) {
            add(
                    name,
                    labels,
                    peer,
                    false,
                    (cluster, member, p, clock) ->
                            Math.rint(clock.epochSeconds(cluster.startedAt(member)) * 100) / 100);
        } else if (value != null) {
            Readings.Value shown = value;
            add(name, labels, peer, false, (cluster, member, p, clock) -> shown.of(cluster, member, p));
        } else {
            double constant = still.equals("?") ? Double.NaN : Double.parseDouble(still);
            add(name, labels, peer, true, (cluster, member, p, clock) -> constant);
        }
    }

    private void addHistogram(String name, String labels, int peer, String edges) {
        Readings.Histogram histogram = Readings.histogram(name);
        for (String label : labels.split(",")) {
            Readings.Histogram labelled = Readings.histogram(name + "{" + label + "}");
            histogram = labelled == null ? histogram : labelled;
        }
        String[] words = edges.split(" ");
        Readings.Histogram known = histogram;
        addBuckets(name, labels, peer, words, known == null ? null : (c, m, p) -> known.of(c, m, p));
    }

    private interface TallyOf {
        @Nullable
        Tally of(Cluster cluster, Member member, int peer);
    }

    private void addBuckets(String name, String labels, int peer, String[] edges, @Nullable TallyOf histogram) {
        String lead = labels.isEmpty() ? "" : labels + ",";
        for (int i = 0; i <= edges.length; i++) {
            int upTo = i;
            String edge = i < edges.length ? edges[i] : "+Inf";
            add(
                    name + "_bucket",
                    lead + "le=\"" + edge + "\"",
                    peer,
                    histogram == null,
                    (cluster, member, p, clock) ->
                            histogram == null ? 0 : below(histogram.of(cluster, member, p), upTo));
        }
        add(name + "_sum", labels, peer, histogram == null, (cluster, member, p, clock) -> {
            Tally tally = histogram == null ? null : histogram.of(cluster, member, p);
            return tally == null ? 0 : tally.sum();
        });
        add(name + "_count", labels, peer, histogram == null, (cluster, member, p, clock) -> {
            Tally tally = histogram == null ? null : histogram.of(cluster, member, p);
            return tally == null ? 0 : tally.total();
        });
    }

    private static double below(@Nullable Tally tally, int bucket) {
        long count = 0;
        for (int i = 0; tally != null && i <= bucket; i++) {
            count += tally.count(i);
        }
        return count;
    }

    private void addCalls(String name, List<Method> methods) {
        if (name.equals("grpc_server_handled_total")) {
            for (String code : CODES) {
                for (Method method : methods) {
                    boolean counted = code.equals("OK") && modelled(method);
                    String labels = "grpc_code=\"" + code + "\"," + labels(method);
                    add(name, labels, -1, !counted, counted ? calls(method) : NEVER);
                }
            }
        } else if (name.equals("grpc_server_handling_seconds")) {
            String[] edges = new String[RPC_EDGES.length];
            for (int i = 0; i < edges.length; i++) {
                StringBuilder edge = new StringBuilder();
                GoNumber.append(edge, RPC_EDGES[i]);
                edges[i] = edge.toString();
            }
            for (Method method : methods) {
                boolean timed = method.name().equals("Put") || method.name().equals("Range");
                addBuckets(
                        name,
                        labels(method),
                        -1,
                        edges,
                        timed ? (cluster, member, p) -> Readings.handling(member, method.name()) : null);
            }
        } else {
            for (Method method : methods) {
                add(name, labels(method), -1, !modelled(method), modelled(method) ? calls(method) : NEVER);
            }
        }
    }

    private static final Source NEVER = (cluster, member, peer, clock) -> 0;

    private static Source calls(Method method) {
        return (cluster, member, peer, clock) -> Readings.handled(member, method.name());
    }

    private static boolean modelled(Method method) {
        return List.of("Put", "Range", "Alarm", "Status", "MemberList", "Defragment")
                .contains(method.name());
    }

    private static String labels(Method method) {
        return "grpc_method=\"" + method.name() + "\",grpc_service=\"" + method.service() + "\",grpc_type=\""
                + method.type() + "\"";
    }

    private void add(String name, String labels, int peer, boolean still, Source source) {
        items.add(new Item(null, series.size()));
        series.add(new Series(name, labels, peer, still));
        sources.add(source);
    }

    private static List<String> lines(Release release) {
        String file = "page-" + release.line() + ".txt";
        try (InputStream in =
                Objects.requireNonNull(Page.class.getResourceAsStream(file), file + " is missing from the jar")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read from the jar", e);
        }
    }
}
