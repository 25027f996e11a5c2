package io.quorate.ingest.prometheus;

import io.quorate.events.Labels;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the samples of node-exporter's series go. Only what can matter to a member of etcd is kept: a machine of Kubernetes
 * shows thousands of series of devices that are not its own.
 */
final class NodeSeries {

    /** Disks and network devices that are made of memory, files or other devices' time. As PromQL and Java both read it. */
    static final String NO_DEVICE =
            "(loop|ram|zram|sr|fd)[0-9]+.*|lo|(veth|cali|cni|docker|br-|flannel|cilium|lxc|tap|virbr).*";
    /** File systems that no data directory can be on. */
    static final String NO_FILE_SYSTEM =
            "tmpfs|devtmpfs|ramfs|rootfs|overlay|aufs|squashfs|iso9660|proc|sysfs|cgroup2?|nsfs|fuse.*|autofs|tracefs|debugfs";

    private static final Pattern NOT_A_DEVICE = Pattern.compile(NO_DEVICE);
    private static final Pattern NOT_A_FILE_SYSTEM = Pattern.compile(NO_FILE_SYSTEM);
    /** By processor and mode; by mode says as much of the machine. */
    private static final String PROCESSOR_TIME = "node_cpu_seconds_total";

    private NodeSeries() {}

    /** The place of this series; null when the catalogue does not list it, or it is of a device that does not matter. */
    static @Nullable Series of(Catalogue catalogue, String name, Map<String, String> labels) {
        Metric metric = catalogue.metric(name);
        if (metric == null
                || metric.origin() != Metric.Origin.NODE
                || NOT_A_DEVICE.matcher(labels.getOrDefault("device", "")).matches()
                || NOT_A_FILE_SYSTEM.matcher(labels.getOrDefault("fstype", "")).matches()) {
            return null;
        }
        Map<String, String> kept = new TreeMap<>(labels);
        // Whatever else there is names the machine and its target, which Prometheus adds.
        kept.keySet().retainAll(Set.of("device", "fstype", "mountpoint", "mode"));
        return new Series(
                metric,
                name.equals(PROCESSOR_TIME) ? Series.Part.SHARE : Series.Part.VALUE,
                Labels.of(kept),
                Double.NaN);
    }
}
