package io.quorate.jobs.percentiles;

import static io.quorate.jobs.percentiles.Scrapes.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberScrape;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.types.PojoTestUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestartEventsTest {

    private KeyedTwoInputStreamOperatorTestHarness<String, MemberScrape, ClusterRoster, ClusterEvent> events;

    @BeforeEach
    void open() throws Exception {
        events = new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(new RestartEvents()),
                MemberScrape::cluster,
                ClusterRoster::cluster,
                Types.STRING);
        events.open();
    }

    @AfterEach
    void close() throws Exception {
        events.close();
    }

    @Test
    void areToldByTheFirstScrapeOfTheNewProcessWithoutWaitingAtTheTimeItBegan() throws Exception {
        scrape("m1", 10, 1000.0);
        assertThat(told()).isEmpty();
        scrape("m1", 20, 1012.345);

        assertThat(told())
                .containsExactly(new ClusterEvent(
                        "c1",
                        null,
                        "m1",
                        null,
                        "restarted",
                        Instant.parse("1970-01-01T00:16:52.345Z"),
                        "1970-01-01T00:16:40Z",
                        "1970-01-01T00:16:52.345Z",
                        null));
        scrape("m1", 30, 1012.345);
        assertThat(told()).hasSize(1);
    }

    @Test
    void areThoseOfEachMemberByItself() throws Exception {
        scrape("m1", 10, 1000.0);
        scrape("m2", 10, 2000.0);
        scrape("m1", 20, 1000.0);
        scrape("m2", 20, 2010.0);

        assertThat(told()).extracting(ClusterEvent::member).containsExactly("m2");
    }

    @Test
    void areNoStepsOfAClockOfTwoSecondsOrBack() throws Exception {
        scrape("m1", 10, 1000.0);
        scrape("m1", 20, 1002.0);
        scrape("m1", 30, 1003.9);
        scrape("m1", 40, 900.0);
        assertThat(told()).isEmpty();

        scrape("m1", 50, 902.1);
        assertThat(told()).hasSize(1);
    }

    @Test
    void areNotToldByAnOlderScrapeThatComesLater() throws Exception {
        scrape("m1", 30, 1020.0);
        scrape("m1", 10, 1000.0);
        scrape("m1", 30, 1050.0);
        scrape("m1", 40, 1020.0);

        assertThat(told()).isEmpty();
    }

    @Test
    void areToldTheSameWhenTheScrapesBehindThemAreShuffled() throws Exception {
        scrape("m1", 10, 1000.0);
        scrape("m1", 40, 1020.0);
        scrape("m1", 30, 1020.0);
        List<ClusterEvent> shuffled = told();
        close();
        open();
        scrape("m1", 10, 1000.0);
        scrape("m1", 30, 1020.0);
        scrape("m1", 40, 1020.0);

        assertThat(told()).hasSize(1).isEqualTo(shuffled);
    }

    @Test
    void areToldAcrossScrapesThatBroughtNothing() throws Exception {
        scrape("m1", 10, 1000.0);
        give(Scrapes.failedAt(20));
        scrape("m1", 30, null);
        scrape("m1", 40, 1030.0);

        assertThat(told()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -5, 0, 1e300})
    void areNotToldByAStartThatIsNoTime(double start) throws Exception {
        scrape("m1", 10, 1000.0);
        scrape("m1", 20, start);
        scrape("m1", 30, 1000.0);

        assertThat(told()).isEmpty();
    }

    @Test
    void areNoMembersThatTookTheNameOfAnother() throws Exception {
        give(Scrapes.of("a1", Scrapes.at("m1", 10, 1, 1000.0)));
        give(Scrapes.of("f6", Scrapes.at("m1", 20, 1, 1015.0)));
        assertThat(told()).isEmpty();

        give(Scrapes.of("f6", Scrapes.at("m1", 30, 1, 1025.0)));
        assertThat(told()).extracting(ClusterEvent::memberId).containsExactly("f6");
    }

    @Test
    void areToldUnderTheNameInTheMemberList() throws Exception {
        events.processElement2(
                new ClusterRoster(
                        "c1",
                        "77",
                        second(1),
                        second(1),
                        List.of(new ClusterRoster.Member("a1", "etcd-1", false, List.of())),
                        Map.of()),
                1);
        give(Scrapes.of("a1", Scrapes.at("10.0.0.1:2379", 10, 1, 1000.0)));
        give(Scrapes.of("a1", Scrapes.at("10.0.0.1:2379", 20, 1, 1015.0)));

        assertThat(told()).singleElement().satisfies(event -> {
            assertThat(event.member()).isEqualTo("etcd-1");
            assertThat(event.memberId()).isEqualTo("a1");
            assertThat(event.clusterId()).isEqualTo("77");
        });
    }

    @Test
    void ofMembersThatWereNotHeardOfForADayAreForgotten() throws Exception {
        scrape("m1", 10, 1000.0);
        assertThat(events.numKeyedStateEntries()).isEqualTo(1);
        events.setStateTtlProcessingTime(Duration.ofHours(25).toMillis());
        scrape("m1", 20, 1020.0);

        assertThat(told()).isEmpty();
    }

    @Test
    void needNoKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(RestartEvents.Running.class);
    }

    private void scrape(String member, double second, @Nullable Double startedAt) throws Exception {
        give(Scrapes.at(member, second, 1, startedAt));
    }

    private void give(MemberScrape scrape) throws Exception {
        events.processElement1(scrape, scrape.observedAt().toEpochMilli());
    }

    private List<ClusterEvent> told() {
        return events.extractOutputValues();
    }
}
