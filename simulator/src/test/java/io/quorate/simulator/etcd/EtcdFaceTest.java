package io.quorate.simulator.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AlarmType;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quorate.simulator.face.ServedFleet;
import io.quorate.simulator.plan.Plan;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Asks the members of a fleet that does not exist as a client of etcd would. */
class EtcdFaceTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @AutoClose
    private final Members members = new Members();

    @Test
    void membersAgreeOnTheirLeaderAndTheListNamesThemAll() throws Exception {
        try (ServedFleet fleet = fleet("")) {
            List<String> endpoints = fleet.endpoints("c");
            MemberListResponse list = members.list(endpoints.get(1));

            assertThat(list.getMembersList())
                    .isSortedAccordingTo((a, b) -> Long.compareUnsigned(a.getID(), b.getID()))
                    .extracting(Member::getName)
                    .containsExactlyInAnyOrder("m1", "m2", "m3");
            for (int i = 0; i < 3; i++) {
                String name = "m" + (i + 1);
                StatusResponse status = members.status(endpoints.get(i));
                Member self = list.getMembersList().stream()
                        .filter(member -> member.getName().equals(name))
                        .findFirst()
                        .orElseThrow();
                assertThat(status.getHeader().getMemberId()).isEqualTo(self.getID());
                assertThat(status.getHeader().getClusterId())
                        .isEqualTo(list.getHeader().getClusterId());
                assertThat(self.getClientURLsList()).containsExactly(endpoints.get(i));
                assertThat(list.getMembersList()).extracting(Member::getID).contains(status.getLeader());
                assertThat(status.getVersion()).isEqualTo("3.4.23");
                assertThat(status.getErrorsList()).isEmpty();
            }
        }
    }

    @Test
    void theAlarmListIsAWriteAndTheStatusIsNone() throws Exception {
        try (ServedFleet fleet = fleet("")) {
            String endpoint = fleet.endpoints("c").get(0);
            long before = members.status(endpoint).getRaftIndex();
            assertThat(members.status(endpoint).getRaftIndex()).isEqualTo(before);

            assertThat(members.maintenance(endpoint)
                            .alarm(AlarmRequest.getDefaultInstance())
                            .getAlarmsList())
                    .isEmpty();

            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(members.status(endpoint).getRaftIndex()).isEqualTo(before + 1));
        }
    }

    @Test
    void whatItDoesNotModelItDoesNotAnswer() throws Exception {
        try (ServedFleet fleet = fleet("")) {
            String endpoint = fleet.endpoints("c").get(0);

            assertThatThrownBy(() -> members.keys(endpoint).range(RangeRequest.getDefaultInstance()))
                    .satisfies(thrown -> assertThat(code(thrown)).isEqualTo(Status.Code.UNIMPLEMENTED));
            assertThatThrownBy(() -> members.maintenance(endpoint)
                            .alarm(AlarmRequest.newBuilder()
                                    .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                                    .setAlarm(AlarmType.NOSPACE)
                                    .build()))
                    .satisfies(thrown -> assertThat(code(thrown)).isEqualTo(Status.Code.UNIMPLEMENTED));
        }
    }

    @Test
    void aKilledMemberRefusesAndComesBackOnItsPort() throws Exception {
        try (ServedFleet fleet = fleet("- { fault: kill, at: 1s, for: 4s, target: { member: m2 } }")) {
            String endpoint = fleet.endpoints("c").get(1);

            await().atMost(SOON)
                    .untilAsserted(() -> assertThatThrownBy(() -> members.status(endpoint))
                            .satisfies(thrown -> assertThat(code(thrown)).isEqualTo(Status.Code.UNAVAILABLE))
                            .hasRootCauseInstanceOf(ConnectException.class));
            await().atMost(SOON)
                    .ignoreExceptions()
                    .untilAsserted(() ->
                            assertThat(members.status(endpoint).getLeader()).isNotZero());
        }
    }

    @Test
    void aPausedMemberTakesQuestionsAndAnswersWhenItGoesOn() throws Exception {
        try (ServedFleet fleet = fleet("- { fault: pause, at: 1s, for: 12s, target: { member: m2 } }")) {
            String endpoint = fleet.endpoints("c").get(1);
            URI page = URI.create(fleet.url() + "/c/m2/metrics");

            await().atMost(SOON)
                    .untilAsserted(() -> assertThatThrownBy(() -> members.status(endpoint, Duration.ofMillis(300)))
                            .satisfies(thrown -> assertThat(code(thrown)).isEqualTo(Status.Code.DEADLINE_EXCEEDED)));
            assertThatThrownBy(() -> page(page, 300)).isInstanceOf(HttpTimeoutException.class);
            // Asked while it is stopped, answered once it is not.
            ListenableFuture<StatusResponse> asked =
                    MaintenanceGrpc.newFutureStub(members.channel(endpoint)).status(StatusRequest.getDefaultInstance());
            assertThat(page(page, 25_000)).contains("etcd_server_has_leader");
            assertThat(asked.get(25, TimeUnit.SECONDS).getHeader().getMemberId())
                    .isNotZero();
        }
    }

    @Test
    void aMemberThatIsCutOffTellsThatItKnowsNoLeader() throws Exception {
        try (ServedFleet fleet = fleet("- { fault: partition, at: 1s, for: 30s, target: { member: m2 } }")) {
            await().atMost(SOON).untilAsserted(() -> {
                StatusResponse alone = members.status(fleet.endpoints("c").get(1));
                assertThat(alone.getLeader()).isZero();
                assertThat(alone.getErrorsList()).containsExactly("etcdserver: no leader");
            });
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(
                                    members.status(fleet.endpoints("c").get(0)).getLeader())
                            .isNotZero());
        }
    }

    @Test
    void thePortsAreConsecutiveFromTheOneThatIsWantedAndATakenOneIsNamed() throws Exception {
        Plan plan = Plan.read("c.yaml", "schema: plan/v1\nname: c\n");
        try (ServedFleet fleet = fleet("")) {
            int taken = URI.create(fleet.endpoints("c").get(0)).getPort();

            assertThatThrownBy(() -> ServedFleet.start(plan, 7, Instant.now(), 1, 0, taken))
                    .hasMessageContaining("port " + taken)
                    .hasMessageContaining("expected one for each of 3 members");
        }
    }

    private static ServedFleet fleet(String fault) throws Exception {
        String plan = """
                schema: plan/v1
                name: c
                fleet: { etcd: "3.4", load: { puts: 0, others: 0 } }
                """;
        return ServedFleet.start(
                Plan.read("c.yaml", fault.isEmpty() ? plan : plan + "faults:\n  " + fault + "\n"),
                7,
                Instant.now(),
                1,
                0,
                0);
    }

    private static Status.Code code(Throwable thrown) {
        return ((StatusRuntimeException) thrown).getStatus().getCode();
    }

    private static String page(URI page, long millis) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(page)
                                .timeout(Duration.ofMillis(millis))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
