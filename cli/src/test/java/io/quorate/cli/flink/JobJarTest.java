package io.quorate.cli.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.stack.QuorateJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The jar that is submitted, as the build has made it. */
class JobJarTest {

    private static Set<String> entries = Set.of();

    @BeforeAll
    static void read() throws IOException {
        try (ZipFile jar =
                new ZipFile(Path.of(System.getProperty("quorate.jobs.jar")).toFile())) {
            entries = Collections.list(jar.entries()).stream()
                    .map(ZipEntry::getName)
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void hasAnEntryPointForEachJob() {
        assertThat(entries)
                .containsAll(Arrays.stream(QuorateJob.values())
                        .map(job -> job.entryPoint().replace('.', '/') + ".class")
                        .toList());
    }

    @Test
    void bringsTheConnectorsAndNothingElseOfFlink() {
        assertThat(entries).contains("org/apache/flink/connector/kafka/source/KafkaSource.class");
        assertThat(entries)
                .filteredOn(entry -> entry.startsWith("org/apache/flink/") && entry.endsWith(".class"))
                .allMatch(entry -> entry.startsWith("org/apache/flink/connector/kafka/")
                        || entry.startsWith("org/apache/flink/connector/jdbc/")
                        || entry.startsWith("org/apache/flink/streaming/connectors/kafka/")
                        || entry.startsWith("org/apache/flink/streaming/util/"));
    }

    @Test
    void bringsNoLogging() {
        assertThat(entries)
                .noneMatch(entry -> entry.startsWith("org/slf4j/") || entry.startsWith("org/apache/logging/"));
    }

    @Test
    void keepsEveryoneFindableWhoIsLookedUpByName() {
        assertThat(entries)
                .contains(
                        "META-INF/services/java.sql.Driver",
                        "META-INF/services/io.grpc.ManagedChannelProvider",
                        "META-INF/services/io.grpc.NameResolverProvider",
                        "META-INF/services/jakarta.mail.Provider",
                        "META-INF/services/com.clickhouse.client.ClickHouseClient")
                .noneMatch(entry -> entry.matches("META-INF/[^/]*\\.(SF|RSA|DSA)"));
    }
}
