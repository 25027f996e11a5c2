package io.quorate.sinks.receivers.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.sinks.receivers.Terms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {

    private static final Destinations PUBLIC = new Destinations(false);
    private static final Destinations ALL = new Destinations(true);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "169.254.0.1",
                "2852039166",
                "169.16689662",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192",
                "0.0.0.0",
                "0.1.2.3",
                "0",
                "224.0.0.1",
                "239.255.255.255",
                "255.255.255.255",
                "240.0.0.1",
                "::",
                "fe80::1",
                "febf::1",
                "ff02::1",
                "fd00:ec2::254",
                "fd20:ce::254",
                "::ffff:169.254.169.254",
                "::ffff:a9fe:a9fe",
                "::169.254.169.254",
                "::ffff:0:169.254.169.254",
                "64:ff9b::169.254.169.254",
                "64:ff9b:1::a9fe:a9fe",
                "2002:a9fe:a9fe::1",
                "2001:0:a9fe:a9fe::1",
                "2001:0:102:304:0:0:5601:5601",
                "2600::5efe:169.254.169.254",
                "2600::200:5efe:a9fe:a9fe"
            })
    void neverLeadToWhereNoReceiverIs(String written) throws Exception {
        assertThatThrownBy(() -> ALL.check(InetAddress.getByName(written)))
                .isInstanceOf(DestinationRefused.class)
                .hasMessageContaining("link-local");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1",
                "2130706433",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.0.1",
                "100.64.0.1",
                "100.127.255.255",
                "198.18.0.1",
                "::1",
                "fc00::1",
                "fdff::1",
                "fec0::1",
                "::ffff:10.0.0.1",
                "::10.0.0.1",
                "64:ff9b::10.0.0.1",
                "2002:0a00:0001::1"
            })
    void leadToPrivateNetworksOnlyWhereThatIsAllowed(String written) throws Exception {
        InetAddress address = InetAddress.getByName(written);
        assertThatThrownBy(() -> PUBLIC.check(address)).hasMessageContaining("set allow-private: true");
        assertThatCode(() -> ALL.check(address)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "169.253.255.255",
                "223.255.255.255",
                "2606:4700::1111",
                "64:ff9b::1.1.1.1",
                "2002:101:101::1",
                "::ffff:1.1.1.1"
            })
    void leadToEverywhereElse(String written) throws Exception {
        assertThatCode(() -> PUBLIC.check(InetAddress.getByName(written))).doesNotThrowAnyException();
    }

    /** Somebody has written it: it is meant. What only Java takes for a number is not how people write addresses. */
    @Test
    void takeAPrivateAddressThatIsWrittenOutAsMeant() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        for (String host : new String[] {"127.0.0.1", "::1", "localhost", "LOCALHOST"}) {
            Destinations.of(host, Terms.DEFAULT).check(loopback);
        }
        for (String host : new String[] {"2130706433", "127.1", "0x7f.0.0.1", "localhost.example", "hooks"}) {
            assertThatThrownBy(() -> Destinations.of(host, Terms.DEFAULT).check(loopback))
                    .isInstanceOf(DestinationRefused.class);
        }
        Terms allowing =
                new Terms(Terms.DEFAULT_TIMEOUT, Terms.DEFAULT.retry(), true, 10, null, Duration.ofMinutes(2), true);
        Destinations.of("hooks", allowing).check(loopback);
    }

    @Test
    void areCheckedWhenASocketConnects() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket allowed = ALL.sockets().createSocket();
                Socket refused = PUBLIC.sockets().createSocket()) {
            allowed.connect(server.getLocalSocketAddress());
            assertThatThrownBy(() -> refused.connect(server.getLocalSocketAddress(), 1_000))
                    .isInstanceOf(DestinationRefused.class);
        }
        assertThatThrownBy(() -> PUBLIC.sockets().createSocket("127.0.0.1", 1)).isInstanceOf(DestinationRefused.class);
        assertThatThrownBy(() -> PUBLIC.sockets().createSocket(InetAddress.getLoopbackAddress(), 1))
                .isInstanceOf(DestinationRefused.class);
        assertThatThrownBy(() -> PUBLIC.sockets().createSocket("127.0.0.1", 1, InetAddress.getLoopbackAddress(), 0))
                .isInstanceOf(DestinationRefused.class);
        try (Socket unknown = ALL.sockets().createSocket()) {
            assertThatThrownBy(() -> unknown.connect(InetSocketAddress.createUnresolved("hooks", 1)))
                    .isInstanceOf(UnknownHostException.class)
                    .isInstanceOf(IOException.class);
        }
    }
}
