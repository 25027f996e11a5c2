package io.quorate.ingest.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.events.MemberStatus;
import io.quorate.ingest.Observation;
import io.quorate.ingest.poll.FakePollContext;
import io.quorate.ingest.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members that take their time with the first answer, as they seem to when whoever asks is only just starting. */
class FirstAnswersTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakePollContext context = new FakePollContext();
    private final CountDownLatch enough = new CountDownLatch(1);

    @AfterEach
    void close() {
        enough.countDown();
        context.close();
        assertThat(context.mistakes).isEmpty();
    }

    @Test
    void mayComeLaterThanAStatusMayWithoutBeingNews() {
        try (FakeEtcd etcd = new FakeEtcd().openToEverybody().silentUntil(enough);
                EtcdPoller poller = poller(Duration.ofSeconds(60), etcd.url())) {
            poller.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> context.leftOut.get() >= 2);
            assertThat(context.observations()).isEmpty();
            assertThat(context.failures).hasValue(0);

            enough.countDown();

            await().atMost(Duration.ofSeconds(30)).until(() -> answers(etcd) > 0);
            assertThat(context.observations().stream().map(Observation::roster).filter(Objects::nonNull))
                    .hasSize(1);
            assertThat(statuses().filter(MemberStatus::answered))
                    .extracting(MemberStatus::member)
                    .containsOnly("m1");
        }
    }

    @Test
    void areWaitedForWithoutTheOthersForSomeIntervalsOnly() {
        try (FakeEtcd slow = new FakeEtcd().openToEverybody().silentUntil(enough);
                FakeEtcd quick = new FakeEtcd().openToEverybody();
                EtcdPoller poller = poller(Duration.ofSeconds(60), slow.url(), quick.url())) {
            poller.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> answers(quick) >= 2);

            assertThat(statuses()).noneMatch(status -> status.endpoint().equals(slow.url()));
        }
    }

    @Test
    void areNewsWhenTheyDoNotComeInTimeForTheNextMemberList() {
        try (FakeEtcd etcd = new FakeEtcd().openToEverybody().silentUntil(enough);
                EtcdPoller poller = poller(SECOND, etcd.url())) {
            poller.start();

            await().atMost(Duration.ofSeconds(30)).until(() -> context.reasons.contains("timeout"));
            await().atMost(Duration.ofSeconds(30)).until(() -> answers(etcd) > 0);
        }
    }

    private long answers(FakeEtcd etcd) {
        return statuses()
                .filter(status -> status.answered() && status.endpoint().equals(etcd.url()))
                .count();
    }

    private Stream<MemberStatus> statuses() {
        return context.observations().stream().map(Observation::status).filter(Objects::nonNull);
    }

    private EtcdPoller poller(Duration memberListInterval, String... endpoints) {
        return new EtcdPoller(
                new EtcdSettings(
                        "c1", List.of(endpoints), SECOND, SECOND, memberListInterval, Transport.PLAIN, Map.of()),
                context);
    }
}
