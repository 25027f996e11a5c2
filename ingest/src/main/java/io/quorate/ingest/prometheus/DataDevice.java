package io.quorate.ingest.prometheus;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The file system that holds etcd's data directory, and its disk where that can be told. */
final class DataDevice {

    /** Disks are shown whole, file systems by their partition. */
    private static final Pattern PARTITION = Pattern.compile("((?:nvme\\d+n|mmcblk)\\d+)p\\d+|([a-z]+d[a-z]+)\\d+");

    private DataDevice() {}

    /** Leaves out of the page what is of other file systems, and of other disks. What cannot be told stays. */
    static void only(String dataDir, ScrapeAssembler page) {
        Optional<Map<String, String>> holding = page.labelsOf("node_filesystem_size_bytes").stream()
                .filter(labels -> holds(labels.getOrDefault("mountpoint", ""), dataDir))
                .max(Comparator.comparingInt(
                        labels -> labels.getOrDefault("mountpoint", "").length()));
        if (holding.isEmpty()) {
            return;
        }
        String mountpoint = holding.get().getOrDefault("mountpoint", "");
        page.keepOnly("node_filesystem_", labels -> mountpoint.equals(labels.get("mountpoint")));
        String disk = disk(holding.get().getOrDefault("device", ""));
        if (page.labelsOf("node_disk_io_time_seconds_total").stream()
                .anyMatch(labels -> disk.equals(labels.get("device")))) {
            page.keepOnly("node_disk_", labels -> disk.equals(labels.get("device")));
        }
    }

    private static boolean holds(String mountpoint, String dataDir) {
        return !mountpoint.isEmpty()
                && (dataDir + "/").startsWith(mountpoint.endsWith("/") ? mountpoint : mountpoint + "/");
    }

    private static String disk(String device) {
        String name = device.replaceFirst("^/dev/", "");
        Matcher partition = PARTITION.matcher(name);
        if (!partition.matches()) {
            return name;
        }
        return partition.group(1) == null ? partition.group(2) : partition.group(1);
    }
}
