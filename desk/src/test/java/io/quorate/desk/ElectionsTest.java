package io.quorate.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ElectionsTest {
    @TempDir
    Path folder;

    @Test
    void readsWhoBecameLeaderFromEveryLogInTimeOrder() throws Exception {
        Path one = Files.writeString(folder.resolve("m1.log"), """
                {"level":"info","ts":"2026-11-01T10:00:01.250Z","caller":"raft/raft.go:765","msg":"8e9e05c52164694d became candidate at term 2"}
                {"level":"info","ts":"2026-11-01T10:00:01.300Z","caller":"raft/raft.go:765","msg":"8e9e05c52164694d became leader at term 2"}
                raft.node: 8e9e05c52164694d became leader at term 2, said in a line that is not JSON
                {"level":"info","ts":"2026-11-01T10:00:09.000+0100","caller":"raft/raft.go:765","msg":"8e9e05c52164694d became leader at term 1"}
                {"level":"warn","ts":"2026-11-01T10:00:10.000Z","msg":"a client wrote: x became leader at term 9"}
                {"level":"info","ts":"2026-11-01T10:00:30.000Z","caller":"raft/raft.go:765","msg":"8e9e05c52164694d became leader at term 4""");
        Path two = Files.writeString(folder.resolve("m2.log"), """
                {"level":"info","ts":"2026-11-01T10:00:20.001Z","logger":"raft","msg":"91bc3c398fb3c146 became leader at term 3"}
                """);
        assertThat(Elections.inLogs(Map.of("m1", one, "m2", two)))
                .containsExactly(
                        new Election(Instant.parse("2026-11-01T09:00:09Z"), "8e9e05c52164694d", "m1", 1),
                        new Election(Instant.parse("2026-11-01T10:00:01.300Z"), "8e9e05c52164694d", "m1", 2),
                        new Election(Instant.parse("2026-11-01T10:00:20.001Z"), "91bc3c398fb3c146", "m2", 3));
    }
}
