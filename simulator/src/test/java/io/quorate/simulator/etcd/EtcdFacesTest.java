package io.quorate.simulator.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AlarmResponse;
import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quorate.desk.EtcdCluster;
import io.quorate.desk.Home;
import io.quorate.simulator.face.ServedFleet;
import io.quorate.simulator.plan.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One contract over gRPC, two parties: members of a real etcd and of a simulated one are asked the same. */
@Tag("slow")
class EtcdFacesTest {

    private static final String QUOTA = "4MiB";
    private static final long QUOTA_BYTES = 4 << 20;

    @TempDir
    Path folder;

    @AutoClose
    private final Members members = new Members();

    /** What one party answers: by question which fields are filled, and of its words the pattern. */
    private record Answered(Map<String, Set<String>> filled) {}

    /** Fails, and says why, where a line of etcd cannot be had: what was not compared must not look compared. */
    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void simulatedMembersAnswerAsRealOnesDo(String line) throws Exception {
        Answered real = real(line);
        Answered simulated = simulated(line);

        assertThat(simulated).isEqualTo(real);
    }

    private Answered real(String line) {
        Home home = Home.current().withState(folder);
        EtcdCluster.Options options =
                EtcdCluster.Options.standard().withLine(line).withQuotaBytes(QUOTA_BYTES);
        try (EtcdCluster cluster = EtcdCluster.start(home, "faces", "faces", 3, options)) {
            Map<String, Set<String>> filled = answers(cluster.endpoints(), line);
            fill(cluster.endpoints().get(0));
            filled.putAll(full(cluster.endpoints()));
            return new Answered(filled);
        }
    }

    private Answered simulated(String line) throws Exception {
        Plan quiet = Plan.read("faces.yaml", """
                schema: plan/v1
                name: faces
                fleet: { etcd: "%s", load: { puts: 0, others: 0 } }
                """.formatted(line));
        Plan growing = Plan.read("faces.yaml", """
                schema: plan/v1
                name: faces
                fleet: { etcd: "%s", quota: %s, load: { puts: 60, value: 64KiB, keys: 1000000 } }
                """.formatted(line, QUOTA));
        Map<String, Set<String>> filled;
        try (ServedFleet fleet = ServedFleet.start(quiet, 7, Instant.now(), 1, 0, 0)) {
            filled = answers(fleet.endpoints("faces"), line);
        }
        try (ServedFleet fleet = ServedFleet.start(growing, 7, Instant.now(), 1, 0, 0)) {
            filled.putAll(full(fleet.endpoints("faces")));
        }
        return new Answered(filled);
    }

    /** Of a cluster that is well and idle. */
    private Map<String, Set<String>> answers(List<String> endpoints, String line) {
        Map<String, Set<String>> filled = new TreeMap<>();
        MemberListResponse list = members.list(endpoints.get(0));
        filled.put("member list", filled(list));
        assertThat(list.getMembersList())
                .hasSize(3)
                .isSortedAccordingTo(Comparator.comparing(Member::getID, Long::compareUnsigned))
                .extracting(Member::getName)
                .containsExactlyInAnyOrder("m1", "m2", "m3");
        assertThat(list.getMembersList())
                .extracting(member -> member.getClientURLs(0))
                .containsExactlyInAnyOrderElementsOf(endpoints);
        assertThat(list.getHeader().getMemberId()).isEqualTo(byUrl(list, endpoints.get(0)));

        soon().untilAsserted(() -> {
            Set<String> status = new TreeSet<>();
            Set<Long> leaders = new TreeSet<>();
            for (String endpoint : endpoints) {
                StatusResponse answer = members.status(endpoint);
                status.addAll(filled(answer));
                leaders.add(answer.getLeader());
                assertThat(answer.getVersion()).startsWith(line + ".");
                assertThat(answer.getErrorsList()).isEmpty();
                assertThat(answer.getIsLearner()).isFalse();
                assertThat(answer.getHeader().getMemberId()).isEqualTo(byUrl(list, endpoint));
                assertThat(answer.getHeader().getClusterId())
                        .isEqualTo(list.getHeader().getClusterId());
                assertThat(Long.toHexString(answer.getHeader().getClusterId())).hasSizeGreaterThan(12);
                assertThat(Long.toHexString(answer.getHeader().getMemberId())).hasSizeGreaterThan(12);
                assertThat(answer.getHeader().getRaftTerm()).isEqualTo(answer.getRaftTerm());
                assertThat(answer.getRaftAppliedIndex()).isEqualTo(answer.getRaftIndex());
                assertThat(answer.getDbSizeInUse()).isLessThanOrEqualTo(answer.getDbSize());
            }
            assertThat(leaders).hasSize(1);
            assertThat(list.getMembersList()).extracting(Member::getID).containsAll(leaders);
            filled.put("status", status);
        });

        // A young etcd still writes its version: tried until nothing comes between.
        soon().untilAsserted(() -> {
            long before = members.status(endpoints.get(0)).getRaftIndex();
            long still = members.status(endpoints.get(0)).getRaftIndex();
            AlarmResponse alarms = members.maintenance(endpoints.get(0)).alarm(AlarmRequest.getDefaultInstance());
            // A real member answers when the entry is applied, a simulated one a moment before.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(2))
                    .until(() -> members.status(endpoints.get(0)).getRaftIndex() > before);
            long after = members.status(endpoints.get(0)).getRaftIndex();
            assertThat(still).as("a status writes nothing").isEqualTo(before);
            assertThat(after).as("an alarm list is an entry").isEqualTo(before + 1);
            filled.put("alarms, none", filled(alarms));
        });
        return filled;
    }

    /** Of a cluster whose quota is used up: waits until it is. */
    private Map<String, Set<String>> full(List<String> endpoints) {
        Map<String, Set<String>> filled = new TreeMap<>();
        MemberListResponse list = members.list(endpoints.get(0));
        soon().untilAsserted(() -> {
            Set<String> words = new TreeSet<>();
            Set<String> status = new TreeSet<>();
            AlarmResponse alarms = members.maintenance(endpoints.get(0)).alarm(AlarmRequest.getDefaultInstance());
            for (String endpoint : endpoints) {
                StatusResponse answer = members.status(endpoint);
                status.addAll(filled(answer));
                // Who is alarmed: every member tells the same.
                assertThat(answer.getErrorsList())
                        .containsExactlyInAnyOrderElementsOf(alarms.getAlarmsList().stream()
                                .map(alarm -> "memberID:" + Long.toUnsignedString(alarm.getMemberID()) + " alarm:"
                                        + alarm.getAlarm() + " ")
                                .toList());
                answer.getErrorsList().forEach(error -> words.add(error.replaceAll("[0-9]+", "ID")));
            }
            assertThat(words).isNotEmpty();
            assertThat(list.getMembersList())
                    .extracting(Member::getID)
                    .containsAll(alarms.getAlarmsList().stream()
                            .map(alarm -> alarm.getMemberID())
                            .toList());
            filled.put("errors", words);
            filled.put("status, alarmed", status);
            filled.put("alarms", filled(alarms));
        });
        return filled;
    }

    private void fill(String endpoint) {
        ByteString value = ByteString.copyFrom(new byte[64 << 10]);
        for (int i = 0; i < 1_000; i++) {
            try {
                members.keys(endpoint)
                        .put(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8("key-" + i))
                                .setValue(value)
                                .build());
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                return;
            }
        }
        throw new AssertionError("a quota of " + QUOTA + " took 1,000 values of 64 KiB");
    }

    /** Which fields are not zero, by their names in etcd's protocol. */
    private static Set<String> filled(Message message) {
        Set<String> names = new TreeSet<>();
        for (Map.Entry<Descriptors.FieldDescriptor, Object> field :
                message.getAllFields().entrySet()) {
            String name = field.getKey().getName();
            List<?> values = field.getKey().isRepeated() ? (List<?>) field.getValue() : List.of(field.getValue());
            for (Object value : values) {
                if (value instanceof Message inner) {
                    filled(inner).forEach(each -> names.add(name + "." + each));
                } else {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private static long byUrl(MemberListResponse list, String url) {
        return list.getMembersList().stream()
                .filter(member -> member.getClientURLsList().contains(url))
                .findFirst()
                .orElseThrow()
                .getID();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions();
    }
}
