package io.quorate.ingest.catalogue;

import io.quorate.events.Histogram;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What one member showed when it was last looked at, and so which metrics of the catalogue it lacks, and why. */
public final class Shown {

    private static final Pattern FORBIDDEN = Pattern.compile("\\b(401|403)\\b|(^|last: )auth\\b");

    private static final String VERSION = "etcd_server_version";
    private static final String VERSION_LABEL = "server_version=\"";

    /** Names of machines stand beside it, and may hold any number. */
    private static final Pattern FORBIDDEN_OF_NODE = Pattern.compile("\\bHTTP (401|403)\\b");

    private static final String OF_MEMBER =
            "the page shows others; look for a rule that drops it, such as Prometheus' metric_relabel_configs";
    private static final String OF_NODE =
            "its node-exporter shows others; look whether that collector is on, and whether the machine has such a device";

    private final Set<String> metrics;
    private final @Nullable String version;
    private final int members;
    /** Of all of them at once; null when it showed a page. */
    private final @Nullable Absence ofAll;
    /** Of one that nothing else explains. */
    private final String otherwise;

    private Shown(
            Set<String> metrics, @Nullable String version, int members, @Nullable Absence ofAll, String otherwise) {
        this.otherwise = otherwise;
        this.metrics = metrics;
        this.version = version;
        this.members = members;
        this.ofAll = ofAll;
    }

    /**
     * A member that showed these.
     *
     * @param metrics base names
     * @param version of etcd, such as {@code 3.4.23}; null when unknown
     * @param members of its cluster; 0 when unknown
     */
    public static Shown page(Set<String> metrics, @Nullable String version, int members) {
        return new Shown(Set.copyOf(metrics), version, members, null, OF_MEMBER);
    }

    /**
     * A member as this scrape of it has it.
     *
     * @param members of its cluster; 0 when unknown
     */
    public static Shown of(MemberScrape scrape, int members) {
        String failure = scrape.failure();
        return failure == null ? page(metrics(scrape), version(scrape), members) : failed(failure);
    }

    /** The base names of those of the catalogue that a scrape shows. */
    public static Set<String> metrics(MemberScrape scrape) {
        Set<String> metrics = new TreeSet<>();
        scrape.histograms().stream().map(Histogram::metric).forEach(metrics::add);
        Stream.concat(scrape.counters().stream(), scrape.gauges().stream())
                .map(Sample::metric)
                .forEach(metrics::add);
        if (scrape.memberId() != null) {
            // The scrape carries its label in a field of its own.
            metrics.add("etcd_server_id");
        }
        metrics.removeIf(metric -> Catalogue.shipped().metric(metric) == null);
        return metrics;
    }

    /** The version of etcd that a scrape tells; null when it does not. */
    public static @Nullable String version(MemberScrape scrape) {
        return scrape.gauges().stream()
                .filter(gauge ->
                        gauge.metric().equals(VERSION) && gauge.labels().startsWith(VERSION_LABEL))
                .map(gauge -> gauge.labels().substring(VERSION_LABEL.length()).replaceFirst("\".*", ""))
                .findFirst()
                .orElse(null);
    }

    /** A member whose scrape failed, with the reason as the scrape has it. */
    public static Shown failed(String failure) {
        return new Shown(
                Set.of(),
                null,
                0,
                FORBIDDEN.matcher(failure).find()
                        ? new Absence(
                                Absence.Reason.AUTH,
                                failure + "; give whoever scrapes it a certificate or a token that it accepts")
                        : new Absence(
                                Absence.Reason.SCRAPE_FAILED,
                                failure + "; check that the member runs and that --listen-metrics-urls or its client"
                                        + " address is what is scraped"),
                OF_MEMBER);
    }

    /**
     * The machine of a member.
     *
     * @param metrics base names that came with the member's scrape
     * @param failure why its node-exporter brought nothing, as the scrape has it; empty when it did
     */
    public static Shown node(Set<String> metrics, String failure) {
        if (failure.isEmpty()) {
            return new Shown(Set.copyOf(metrics), null, 0, null, OF_NODE);
        }
        Absence.Reason reason =
                FORBIDDEN_OF_NODE.matcher(failure).find() ? Absence.Reason.AUTH : Absence.Reason.NOT_SCRAPED;
        return new Shown(Set.of(), null, 0, new Absence(reason, failure), OF_NODE);
    }

    /** A member that is known by its status or a member list alone. */
    public static Shown never() {
        return new Shown(
                Set.of(),
                null,
                0,
                new Absence(
                        Absence.Reason.NOT_SCRAPED,
                        "no scrape of it comes; let Prometheus scrape its client address, or what"
                                + " --listen-metrics-urls says"),
                OF_MEMBER);
    }

    /** Whether it showed anything at all. */
    public boolean isPage() {
        return ofAll == null;
    }

    /** Why this metric is missing; null when it is there. */
    public @Nullable Absence absence(Metric metric) {
        if (ofAll != null) {
            return ofAll;
        }
        if (metrics.contains(metric.name())) {
            return null;
        }
        String since = metric.since();
        if (since != null && version == null) {
            return new Absence(
                    Absence.Reason.UNKNOWN, "etcd has it since " + since + ", and the member's version is unknown");
        }
        if (since != null && version != null && isOlder(version, since)) {
            return new Absence(Absence.Reason.VERSION, "etcd has it since " + since + ", the member runs " + version);
        }
        if (metric.extensive()) {
            return new Absence(
                    Absence.Reason.BASIC_METRICS,
                    "etcd shows it only with --metrics=extensive; its default is basic: set the flag");
        }
        if (metric.bornByUse() || metric.sparse()) {
            return new Absence(Absence.Reason.BORN_BY_USE, "not there before its first event");
        }
        if (!metric.peerLabels().isEmpty() && members == 1) {
            return new Absence(Absence.Reason.BORN_BY_USE, "one series per peer, and a single member has none");
        }
        return new Absence(Absence.Reason.UNKNOWN, otherwise);
    }

    /** Whether this version comes before that one, as far as the shorter of them tells. */
    static boolean isOlder(String version, String since) {
        String[] ours = version.split("[.+-]");
        String[] theirs = since.split("[.+-]");
        for (int i = 0; i < Math.min(ours.length, theirs.length); i++) {
            if (!ours[i].matches("\\d{1,9}") || !theirs[i].matches("\\d{1,9}")) {
                return false;
            }
            int order = Integer.compare(Integer.parseInt(ours[i]), Integer.parseInt(theirs[i]));
            if (order != 0) {
                return order < 0;
            }
        }
        return false;
    }
}
