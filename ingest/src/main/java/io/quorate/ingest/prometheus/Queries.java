package io.quorate.ingest.prometheus;

import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Prometheus is asked: range selectors in instant queries, because only they give samples with their own times; a bare
 * selector repeats stale values with the time of the question.
 */
final class Queries {

    private final String matchers;
    private final String clusterLabel;
    private final List<String> names;
    private final List<String> namesOfNodes;

    Queries(Catalogue catalogue, String selector, String clusterLabel, int longest) {
        this.clusterLabel = clusterLabel;
        this.matchers = inner(selector);
        this.names = alternatives(catalogue, Metric.Origin.MEMBER, longest);
        this.namesOfNodes = alternatives(catalogue, Metric.Origin.NODE, longest);
    }

    /** Which scrapes there were, and which of them failed. */
    String up(Duration window) {
        return "up{" + matchers + "}" + range(window);
    }

    /** What those scrapes brought, all of them. */
    List<String> catalogue(Duration window) {
        return catalogue(window, "");
    }

    /** What those of these clusters brought; a blank name is that of series without the label. */
    List<String> catalogueOf(Collection<String> clusters, Duration window) {
        return catalogue(window, isOneOf(clusterLabel, clusters));
    }

    /** What scrapes brought of which there is no {@code up}, or not of these clusters. */
    List<String> catalogueOfOthers(Collection<String> clusters, Duration window) {
        return catalogue(window, clusterLabel + "!~\"" + anyOf(clusters) + "\"");
    }

    /** What the node-exporters of these machines brought, but for devices that are none of the machine's own. */
    List<String> nodes(NodeJoin join, Collection<String> keys, Duration window) {
        String label = join.nodeLabel() == null ? "instance" : join.nodeLabel();
        String port = join.nodeLabel() == null ? "(:[0-9]+)?" : "";
        return about(
                namesOfNodes,
                window,
                inner(join.selector()),
                label + "=~\"(" + anyOf(keys) + ")" + port + "\"",
                "device!~\"" + NodeSeries.NO_DEVICE + "\"",
                "fstype!~\"" + NodeSeries.NO_FILE_SYSTEM + "\"");
    }

    private List<String> catalogue(Duration window, String more) {
        return about(names, window, matchers, more);
    }

    private static List<String> about(List<String> names, Duration window, String... matchers) {
        String all = Stream.of(matchers).filter(part -> !part.isEmpty()).collect(Collectors.joining(","));
        return names.stream()
                .map(name -> "{__name__=~\"" + name + "\"" + (all.isEmpty() ? "" : "," + all) + "}" + range(window))
                .toList();
    }

    /** That a label has one of these values. */
    static String isOneOf(String label, Collection<String> values) {
        return label + "=~\"" + anyOf(values) + "\"";
    }

    /** What stands between the braces of a selector. */
    static String inner(String selector) {
        String inner = selector.substring(1, selector.length() - 1).strip();
        return inner.endsWith(",") ? inner.substring(0, inner.length() - 1) : inner;
    }

    /** As a regular expression inside a text of PromQL. */
    private static String anyOf(Collection<String> texts) {
        return texts.stream()
                .map(text -> text.replaceAll("[\\\\.+*?()|\\[\\]{}^$]", "\\\\$0"))
                .map(text -> text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                .collect(Collectors.joining("|"));
    }

    private static String range(Duration window) {
        return "[" + window.toMillis() + "ms]";
    }

    private static List<String> alternatives(Catalogue catalogue, Metric.Origin origin, int longest) {
        List<String> alternatives = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        for (Metric metric : catalogue.metrics()) {
            if (metric.origin() != origin) {
                continue;
            }
            // The count is the last bucket.
            String name = metric.kind() == Metric.Kind.HISTOGRAM
                    ? metric.name() + "_bucket|" + metric.name() + "_sum"
                    : metric.name();
            if (current.length() > 0 && current.length() + 1 + name.length() > longest) {
                alternatives.add(current.toString());
                current.setLength(0);
            }
            current.append(current.length() == 0 ? "" : "|").append(name);
        }
        if (current.length() > 0) {
            alternatives.add(current.toString());
        }
        return alternatives;
    }
}
