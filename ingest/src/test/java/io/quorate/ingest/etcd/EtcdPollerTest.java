package io.quorate.ingest.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.desk.EtcdCluster;
import io.quorate.desk.FreePorts;
import io.quorate.desk.Home;
import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberStatus;
import io.quorate.ingest.poll.FakePollContext;
import io.quorate.ingest.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real etcd cluster of three members. */
class EtcdPollerTest {

    @AutoClose
    private final FakePollContext context = new FakePollContext();

    @TempDir
    Path folder;

    @Test
    void seesMembersAnswerHangDieAndReturn() {
        try (EtcdCluster cluster = EtcdCluster.start(Home.current().withState(folder), "etcd", "c1", 3);
                EtcdPoller poller = poller(cluster.endpoints())) {
            poller.start();
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> context.statuses().stream()
                                    .filter(MemberStatus::answered)
                                    .count()
                            >= 9);

            EtcdCluster.Member leader = cluster.leader().orElseThrow();
            assertThat(context.statuses().stream().filter(MemberStatus::answered))
                    .allSatisfy(status -> {
                        assertThat(status.member()).isIn("m1", "m2", "m3");
                        assertThat(status.memberId()).isEqualTo(cluster.id(cluster.member(status.member())));
                        assertThat(status.voters()).isEqualTo(3);
                        assertThat(status.clusterId()).matches("[1-9a-f][0-9a-f]*");
                        assertThat(status.version()).startsWith("3.");
                        assertThat(status.dbSizeBytes()).isPositive();
                    });
            assertThat(last(leader.name()).leaderId()).isEqualTo(cluster.id(leader));
            assertThat(context.statuses()).extracting(MemberStatus::observedAt).doesNotHaveDuplicates();
            ClusterRoster roster = context.rosters().get(0);
            assertThat(roster.members())
                    .extracting(ClusterRoster.Member::name)
                    .containsExactlyInAnyOrder("m1", "m2", "m3");
            assertThat(roster.labels()).containsEntry("env", "test");
            assertThat(context.observations().get(0).roster()).isNotNull();

            EtcdCluster.Member follower = cluster.members().stream()
                    .filter(member -> !member.name().equals(leader.name()))
                    .findFirst()
                    .orElseThrow();
            cluster.stall(follower);
            awaitLast(follower.name(), "timeout");
            assertThat(last(follower.name()).failureDetail())
                    .isEqualTo("no answer from " + follower.address()
                            + " within 500ms; check whether the member hangs, and the way to it");
            cluster.resume(follower);
            awaitLast(follower.name(), null);

            cluster.kill(follower);
            awaitLast(follower.name(), "refused");
            assertThat(last(follower.name()).memberId()).isEqualTo(cluster.id(follower));
            // Long enough for gRPC's own back-off to grow beyond what is asked below.
            await().during(Duration.ofSeconds(4))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> !last(follower.name()).answered());
            cluster.restart(follower);
            Instant restarted = Instant.now();
            awaitLast(follower.name(), null);
            assertThat(last(follower.name()).observedAt()).isBefore(restarted.plusSeconds(3));
            await().until(() -> context.rosters().size() >= 3);
        }
    }

    @Test
    void followsAMemberThatIsAddedAndOneThatLeaves() {
        try (EtcdCluster cluster = EtcdCluster.start(Home.current().withState(folder), "etcd", "c1", 3);
                EtcdPoller poller = poller(cluster.endpoints(), true)) {
            poller.start();
            await().atMost(Duration.ofSeconds(15)).until(() -> answers() >= 3);

            EtcdCluster.Member added = cluster.add();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> context.statuses().stream()
                            .anyMatch(status -> status.answered()
                                    && status.endpoint().equals(added.clientUrl())
                                    && status.member().equals("m4")
                                    && cluster.id(added).equals(status.memberId())
                                    && status.voters() == 4));

            String leader = cluster.leader().orElseThrow().name();
            EtcdCluster.Member leaving = cluster.members().stream()
                    .filter(member -> !member.name().equals(leader))
                    .findFirst()
                    .orElseThrow();
            cluster.remove(leaving);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> context.rosters().stream()
                                    .reduce((earlier, later) -> later)
                                    .orElseThrow()
                                    .voters()
                            == 3);
            context.parcels.clear();
            await().atMost(Duration.ofSeconds(30)).until(() -> answers() >= 9);
            assertThat(context.statuses()).noneMatch(status -> status.endpoint().equals(leaving.clientUrl()));
            assertThat(context.statuses()).anyMatch(status -> status.endpoint().equals(added.clientUrl()));
        }
    }

    @Test
    void tellsByNameOfAMemberWhoseAddressLeadsNowhereAndAsksNobodyElseUnasked() {
        String nowhere = "http://127.0.0.1:" + FreePorts.next();
        try (FakeEtcd etcd = new FakeEtcd().openToEverybody()) {
            etcd.lists(Map.of("m2", nowhere));
            try (EtcdPoller poller = poller(List.of(etcd.url()), true)) {
                poller.start();
                await().until(() -> context.statuses().stream()
                        .anyMatch(status -> status.member().equals("m2")));
                await().until(() -> context.rosters().size() >= 3);
            }
        }

        assertThat(context.statuses().stream().filter(status -> status.member().equals("m2")))
                .allSatisfy(status -> {
                    assertThat(status.failure()).isIn("refused", "timeout");
                    assertThat(status.failureDetail())
                            .endsWith(
                                    "; this is what m2 advertises: if it cannot be reached from here, list another address of it"
                                            + " in ingest.etcd.endpoints");
                });
        assertThat(answers()).as("of the other member").isPositive();
    }

    @Test
    void doesNotBelieveAdvertisedAddressesThatLeadToAnotherClusterHoweverManyTheyAre() {
        try (FakeEtcd etcd = new FakeEtcd(1).openToEverybody();
                FakeEtcd other = new FakeEtcd(9).openToEverybody();
                FakeEtcd another = new FakeEtcd(9).openToEverybody()) {
            etcd.lists(Map.of("m2", other.url(), "m3", another.url()));
            try (EtcdPoller poller = poller(List.of(etcd.url()), true)) {
                poller.start();
                await().until(() -> context.rosters().size() >= 3
                        && context.statuses().stream()
                                        .filter(status -> "foreign".equals(status.failure()))
                                        .count()
                                >= 4);
            }
        }

        assertThat(context.rosters()).extracting(ClusterRoster::clusterId).containsOnly("1");
        assertThat(context.statuses().stream().filter(MemberStatus::answered))
                .extracting(MemberStatus::clusterId)
                .containsOnly("1");
    }

    @Test
    void asksOnlyTheEndpointsOfTheSettingsUnlessTold() {
        try (FakeEtcd etcd = new FakeEtcd().openToEverybody()) {
            etcd.lists(Map.of("m2", "http://127.0.0.1:" + FreePorts.next()));
            try (EtcdPoller poller = poller(List.of(etcd.url()), false)) {
                poller.start();
                await().until(() -> context.rosters().size() >= 3);
            }
            assertThat(context.statuses())
                    .isNotEmpty()
                    .allMatch(status -> status.endpoint().equals(etcd.url()));
        }
    }

    /** Listed first and last: whoever answers first, or speaks last, does not decide. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void doesNotBelieveAnEndpointOfAnotherCluster(int place) {
        Home home = Home.current().withState(folder);
        try (EtcdCluster cluster = EtcdCluster.start(home, "etcd", "c1", 2);
                EtcdCluster stranger = EtcdCluster.start(home, "stranger", "c2", 1)) {
            String foreign = stranger.endpoints().get(0);
            List<String> own = cluster.endpoints();
            List<String> endpoints = new ArrayList<>(own);
            endpoints.add(place, foreign);
            try (EtcdPoller poller = poller(endpoints)) {
                poller.start();
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> context.rosters().size() >= 3 && answers() >= 12);

                List<MemberStatus> seen = context.statuses();
                String clusterId = context.rosters().get(0).clusterId();
                assertThat(seen)
                        .filteredOn(MemberStatus::answered)
                        .as("one cluster alone, so its leadership is never reset")
                        .allMatch(status -> own.contains(status.endpoint()))
                        .extracting(MemberStatus::clusterId)
                        .containsOnly(clusterId);
                assertThat(context.rosters())
                        .allSatisfy(roster -> assertThat(roster.members())
                                .extracting(ClusterRoster.Member::name)
                                .containsExactlyInAnyOrder("m1", "m2"));
                assertThat(seen)
                        .filteredOn(status -> status.endpoint().equals(foreign))
                        .isNotEmpty()
                        .allSatisfy(status -> {
                            assertThat(status.failure()).isIn("foreign", "timeout");
                            assertThat(status.memberId()).isNull();
                        })
                        .anySatisfy(status -> assertThat(status.failureDetail())
                                .matches(foreign.substring(7) + " is a member of cluster [0-9a-f]+, expected one of "
                                        + clusterId + " as most endpoints of c1 are; take it out of"
                                        + " ingest\\.etcd\\.endpoints, or list it under a cluster of its own"));
                assertThat(context.letters())
                        .as("told once, not every second")
                        .singleElement()
                        .satisfies(letter -> assertThat(letter.reason()).isEqualTo("foreign"));
            }
        }
    }

    private long answers() {
        return context.statuses().stream().filter(MemberStatus::answered).count();
    }

    @Test
    void tellsOfAClusterThatIsNotThere() {
        String endpoint = "http://127.0.0.1:" + FreePorts.next();
        try (EtcdPoller poller = poller(List.of(endpoint))) {
            poller.start();
            await().until(() -> context.statuses().size() >= 2);
        }

        assertThat(context.rosters()).isEmpty();
        assertThat(context.statuses()).allSatisfy(status -> {
            assertThat(status.failure()).isEqualTo("refused");
            assertThat(status.failureDetail())
                    .isEqualTo("nobody listens at " + endpoint.substring(7)
                            + "; check the address and that the member runs");
            assertThat(status.member()).isEqualTo(endpoint.substring(7));
            assertThat(status.memberId()).isNull();
            assertThat(status.voters()).isZero();
        });
    }

    @Test
    void tellsOfAMemberThatSpeaksNoTls() {
        try (EtcdCluster cluster = EtcdCluster.start(Home.current().withState(folder), "etcd", "c1", 1)) {
            String address = cluster.members().get(0).address();
            try (EtcdPoller poller = poller(List.of("https://" + address))) {
                poller.start();
                awaitFailure(
                        "tls",
                        address + " accepts and hangs up during the handshake: it seems to speak no TLS; write http://"
                                + address + " in ingest.etcd.endpoints");
            }
        }
    }

    /** The first questions may come too late: who asks is only just starting, on a busy machine for longer. */
    private void awaitFailure(String failure, String detail) {
        await().untilAsserted(() -> assertThat(context.statuses()).anySatisfy(status -> {
            assertThat(status.failure()).isEqualTo(failure);
            assertThat(status.failureDetail()).isEqualTo(detail);
        }));
        assertThat(context.statuses()).extracting(MemberStatus::failure).isSubsetOf(failure, "timeout");
    }

    /** What stands in the way of a plain question that TLS answers: an alert, and nothing else. */
    @Test
    void tellsOfAMemberThatAnswersInTls() throws Exception {
        byte[] alert = {21, 3, 3, 0, 2, 2, 10};
        try (ServerSocket tls = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + tls.getLocalPort();
            Thread answering = new Thread(() -> answer(tls, alert));
            answering.start();
            try (EtcdPoller poller = poller(List.of("http://" + address))) {
                poller.start();
                awaitFailure(
                        "tls", address + " answers in TLS; write https://" + address + " in ingest.etcd.endpoints");
            }
        }
    }

    /** As most other servers answer: Prometheus, a proxy, etcd's own port for metrics. */
    @Test
    void tellsOfAPeerThatIsNoEtcd() throws Exception {
        byte[] refusal = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (ServerSocket web = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + web.getLocalPort();
            Thread answering = new Thread(() -> answer(web, refusal));
            answering.start();
            try (EtcdPoller poller = poller(List.of("http://" + address))) {
                poller.start();
                // The first question may come too late: who asks is only just starting.
                await().untilAsserted(() -> assertThat(context.statuses())
                        .anySatisfy(status -> assertThat(status.failureDetail())
                                .isEqualTo(address + " answers in HTTP/1: it is no etcd; write the client address of"
                                        + " a member in ingest.etcd.endpoints")));
            }
        }
    }

    private static void answer(ServerSocket server, byte[] bytes) {
        while (!server.isClosed()) {
            try (Socket accepted = server.accept()) {
                accepted.getInputStream().readNBytes(24);
                accepted.getOutputStream().write(bytes);
                accepted.shutdownOutput();
                accepted.getInputStream().readAllBytes();
            } catch (IOException gone) {
                // Whoever asked hung up, or the server was closed: both end this one.
            }
        }
    }

    private EtcdPoller poller(List<String> endpoints) {
        return poller(endpoints, false);
    }

    private EtcdPoller poller(List<String> endpoints, boolean followMembers) {
        return new EtcdPoller(
                new EtcdSettings(
                        "c1",
                        endpoints,
                        Duration.ofSeconds(1),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Transport.PLAIN,
                        Map.of("env", "test"),
                        followMembers),
                context);
    }

    private void awaitLast(String member, String failure) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(last(member).failure()).isEqualTo(failure));
    }

    private MemberStatus last(String member) {
        return context.statuses().stream()
                .filter(status -> status.member().equals(member))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }
}
