package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.ingest.catalogue.Catalogue;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataDeviceTest {

    private final ScrapeAssembler page = new ScrapeAssembler();

    @ParameterizedTest
    @CsvSource({
        "/dev/sda1, sda",
        "/dev/sdb, sdb",
        "/dev/xvdf1, xvdf",
        "/dev/nvme1n1p3, nvme1n1",
        "/dev/mmcblk0p2, mmcblk0",
        "/dev/dm-3, dm-3",
        "/dev/md0, md0"
    })
    void findsTheDiskOfAFileSystem(String device, String disk) {
        fileSystem("/", "/dev/other");
        fileSystem("/var/lib/etcd", device);
        disk(disk);
        disk("other");

        DataDevice.only("/var/lib/etcd", page);

        assertThat(page.labelsOf("node_disk_io_time_seconds_total")).containsExactly(Map.of("device", disk));
        assertThat(page.labelsOf("node_filesystem_size_bytes"))
                .extracting(labels -> labels.get("mountpoint"))
                .containsExactly("/var/lib/etcd");
    }

    @Test
    void keepsAllDisksWhereTheNameOfTheDeviceDoesNotTellWhichOneItIs() {
        fileSystem("/", "/dev/mapper/vg-root");
        disk("sda");
        disk("sdb");

        DataDevice.only("/var/lib/etcd", page);

        assertThat(page.labelsOf("node_disk_io_time_seconds_total")).hasSize(2);
        assertThat(page.labelsOf("node_filesystem_size_bytes"))
                .as("the root holds what nothing else does")
                .hasSize(1);
    }

    @Test
    void keepsEverythingWhereNoFileSystemIsShown() {
        disk("sda");

        DataDevice.only("/var/lib/etcd", page);

        assertThat(page.labelsOf("node_disk_io_time_seconds_total")).hasSize(1);
    }

    private void fileSystem(String mountpoint, String device) {
        give("node_filesystem_size_bytes", Map.of("device", device, "fstype", "xfs", "mountpoint", mountpoint));
    }

    private void disk(String device) {
        give("node_disk_io_time_seconds_total", Map.of("device", device));
    }

    private void give(String name, Map<String, String> labels) {
        page.add(Objects.requireNonNull(NodeSeries.of(Catalogue.shipped(), name, labels)), 1);
    }
}
