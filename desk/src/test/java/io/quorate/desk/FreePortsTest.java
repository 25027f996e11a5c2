package io.quorate.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FreePortsTest {
    @Test
    void givesNoPortTwice() {
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            assertThat(given.add(FreePorts.next())).isTrue();
        }
        assertThat(given).allMatch(FreePorts::free);
    }

    @Test
    void takesTheAskedPortWhenItIsFreeAndTellsWhoHoldsItOtherwise() throws Exception {
        int port = FreePorts.next();
        assertThat(FreePorts.asked("Kafka", port)).isEqualTo(port);
        assertThat(FreePorts.holder(port)).isEmpty();
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(FreePorts.free(taken.getLocalPort())).isFalse();
            assertThat(FreePorts.holder(port))
                    .hasValueSatisfying(holder -> assertThat(holder)
                            .contains("(pid " + ProcessHandle.current().pid() + ")"));
        }
    }
}
