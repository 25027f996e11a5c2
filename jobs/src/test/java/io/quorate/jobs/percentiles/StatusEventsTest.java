package io.quorate.jobs.percentiles;

import static io.quorate.jobs.percentiles.Scrapes.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import io.quorate.events.ClusterRoster.Member;
import io.quorate.events.MemberStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class StatusEventsTest {

    private static final Member M1 = new Member("a1", "m1", false, List.of());
    private static final Member M2 = new Member("b2", "m2", false, List.of());
    private static final Member M3 = new Member("c3", "m3", false, List.of());
    private static final Member LEARNER = new Member("d4", "", true, List.of());
    private static final Member PROMOTED = new Member("d4", "m4", false, List.of());

    /** Etcd's own words for the alarm of the member a1. */
    private static final String NOSPACE = "memberID:161 alarm:NOSPACE ";

    private KeyedTwoInputStreamOperatorTestHarness<String, MemberStatus, ClusterRoster, ClusterEvent> events;

    @BeforeEach
    void open() throws Exception {
        events = new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(new StatusEvents()),
                MemberStatus::cluster,
                ClusterRoster::cluster,
                Types.STRING);
        events.open();
    }

    @AfterEach
    void close() throws Exception {
        events.close();
    }

    @Nested
    class Members {

        @Test
        void areNotToldOfWhenTheyAreFirstSeen() throws Exception {
            list(1, M1, M2, M3);
            list(11, M1, M2, M3);
            timeIs(20);

            assertThat(told()).isEmpty();
        }

        @Test
        void areToldOfAsTheyComeAndBeginToVote() throws Exception {
            list(1, M1, M2, M3);
            list(11, M1, M2, M3, LEARNER);
            list(21, M1, M2, M3, PROMOTED);
            timeIs(30);

            assertThat(told())
                    .containsExactly(
                            event("d4", "d4", "member-added", 11, null, "learner", "3 voting members now"),
                            event("m4", "d4", "member-promoted", 21, "learner", "voter", "4 voting members now"));
        }

        @Test
        void areToldOfAsRemovedWhenASecondListSaysSoAtTheTimeOfTheFirst() throws Exception {
            list(1, M1, M2, M3);
            list(11, M1, M2);
            timeIs(20);
            assertThat(told()).as("it may be an older list").isEmpty();

            list(21, M1, M2);
            timeIs(30);

            assertThat(told())
                    .containsExactly(event("m3", "c3", "member-removed", 11, "voter", null, "2 voting members now"));
        }

        /** They are asked in turn, and one of them lags behind. */
        @Test
        void neitherLeaveNorComeBackBecauseOneOfThemTellsAnOldList() throws Exception {
            list(1, M1, M2, M3);
            for (int second = 11; second < 100; second += 20) {
                list(second, M1, M2, M3, LEARNER);
                list(second + 10, M1, M2, M3);
            }
            timeIs(200);
            assertThat(kinds()).containsExactly("member-added");

            list(201, M1, M2, M3, PROMOTED);
            list(211, M1, M2, M3, LEARNER);
            list(221, M1, M2, M3, PROMOTED);
            timeIs(230);
            assertThat(kinds()).containsExactly("member-added", "member-promoted");

            list(231, M1, M2, PROMOTED);
            list(241, M1, M2, PROMOTED);
            for (int second = 251; second < 300; second += 20) {
                list(second, M1, M2, M3, PROMOTED);
                list(second + 10, M1, M2, PROMOTED);
            }
            timeIs(400);
            assertThat(kinds()).containsExactly("member-added", "member-promoted", "member-removed");
        }

        /** A repeated record must not confirm itself. */
        @Test
        void areNotRemovedByAListThatCameTwice() throws Exception {
            list(1, M1, M2, M3);
            list(11, M1, M2);
            timeIs(20);
            list(11, M1, M2);
            timeIs(30);

            assertThat(told()).isEmpty();
        }

        @Test
        void ofAnotherClusterUnderTheSameNameAreNoChanges() throws Exception {
            list(1, M1, M2, M3);
            give(new ClusterRoster("c1", "88", second(11), second(11), List.of(LEARNER), Map.of()));
            give(new ClusterRoster("c1", "88", second(21), second(21), List.of(LEARNER), Map.of()));
            timeIs(30);

            assertThat(told()).isEmpty();
        }

        @Test
        void areNotToldOfByLabelsAlone() throws Exception {
            list(1, M1, M2, M3);
            give(ClusterRoster.ofLabels("c1", second(11), Map.of("env", "prod")));
            list(21, M1, M2, M3);
            timeIs(30);

            assertThat(told()).isEmpty();
        }

        /** Statuses set the time, and lists come by another topic. */
        @Test
        void areToldOfByAListThatComesBehindTheTime() throws Exception {
            timeIs(100);
            list(1, M1, M2, M3);
            list(11, M1, M2, M3, LEARNER);

            assertThat(kinds()).containsExactly("member-added");
        }
    }

    @Nested
    class Versions {

        @Test
        void areToldOfWhenTheyChangeAndNotWhenTheyAreFirstSeen() throws Exception {
            status("m1", "a1", 1, 1, "3.4.23");
            status("m2", "b2", 2, 1, "3.5.9");
            status("m1", "a1", 3, 1, "3.5.9");
            status("m1", "a1", 4, 1, "3.5.9");
            timeIs(10);

            assertThat(told()).containsExactly(event("m1", "a1", "version-changed", 3, "3.4.23", "3.5.9", null));
        }

        @Test
        void areThoseOfTheMemberThoughItDidNotAnswerInBetween() throws Exception {
            status("m1", "a1", 1, 1, "3.4.23");
            failed("m1", 2);
            status("m1", "a1", 3, 1, "3.5.9");
            timeIs(10);

            assertThat(kinds()).containsExactly("version-changed");
        }

        @Test
        void areToldUnderTheNameInTheMemberList() throws Exception {
            list(1, M1, M2, M3);
            status("10.0.0.1:2379", "a1", 2, 1, "3.4.23");
            status("10.0.0.1:2379", "a1", 3, 1, "3.5.9");
            timeIs(10);

            assertThat(told()).extracting(ClusterEvent::member).containsExactly("m1");
        }

        @Test
        void ofAnotherClusterUnderTheSameNameAreFirstSightings() throws Exception {
            status("m1", "a1", 1, 1, "3.4.23");
            give(answer("99", "m1", "a1", 2, 1, "3.5.9"));
            timeIs(10);

            assertThat(told()).isEmpty();
        }
    }

    @Nested
    class Alarms {

        @Test
        void areToldOfTheMemberThatTheyNameOnceAndWhenTheyAreGone() throws Exception {
            status("m1", "a1", 1, 10, "3.4.23");
            status("m2", "b2", 2, 20, "3.4.23", NOSPACE);
            status("m1", "a1", 3, 21, "3.4.23", NOSPACE);
            status("m2", "b2", 4, 30, "3.4.23");
            status("m1", "a1", 5, 31, "3.4.23");
            timeIs(10);

            assertThat(told())
                    .containsExactly(
                            event(
                                    "m1",
                                    "a1",
                                    "alarm-raised",
                                    2,
                                    null,
                                    "NOSPACE",
                                    "memberID:161 alarm:NOSPACE, as m2 answered"),
                            event(
                                    "m1",
                                    "a1",
                                    "alarm-cleared",
                                    4,
                                    "NOSPACE",
                                    null,
                                    "memberID:161 alarm:NOSPACE, no more as m2 answered"));
        }

        @Test
        void thatStoodBeforeAnybodyLookedAreNotToldOf() throws Exception {
            status("m1", "a1", 1, 10, "3.4.23", NOSPACE);
            status("m1", "a1", 2, 11, "3.4.23", NOSPACE, "memberID:161 alarm:CORRUPT ");
            timeIs(10);

            assertThat(told()).extracting(ClusterEvent::after).containsExactly("CORRUPT");
        }

        @Test
        void areNotClearedByAMemberThatDoesNotAnswer() throws Exception {
            status("m1", "a1", 1, 10, "3.4.23");
            status("m1", "a1", 2, 20, "3.4.23", NOSPACE);
            failed("m1", 3);
            failed("m2", 4);
            timeIs(10);

            assertThat(kinds()).containsExactly("alarm-raised");
        }

        @Test
        void areNotJudgedByAMemberThatLagsBehind() throws Exception {
            status("m1", "a1", 1, 10, "3.4.23");
            status("m1", "a1", 2, 20, "3.4.23", NOSPACE);
            status("m2", "b2", 3, 19, "3.4.23");
            status("m1", "a1", 4, 30, "3.4.23");
            status("m2", "b2", 5, 25, "3.4.23", NOSPACE);
            timeIs(10);

            assertThat(kinds()).containsExactly("alarm-raised", "alarm-cleared");
        }

        /** From a backup: nobody will ever have applied as much again, or not for long. */
        @Test
        void areJudgedAnewAMinuteAfterTheClusterWasSetBack() throws Exception {
            status("m1", "a1", 1, 1000, "3.4.23");
            status("m1", "a1", 2, 1001, "3.4.23", NOSPACE);
            for (int second = 10; second < 80; second += 10) {
                status("m1", "a1", second, second, "3.4.23");
            }
            timeIs(100);

            assertThat(kinds()).containsExactly("alarm-raised", "alarm-cleared");
            assertThat(told().get(1).observedAt()).isEqualTo(second(70));
        }

        @Test
        void areNoOtherErrors() throws Exception {
            status("m1", "a1", 1, 10, "3.4.23");
            status(
                    "m1",
                    "a1",
                    2,
                    11,
                    "3.4.23",
                    "etcdserver: no leader",
                    "memberID:99999999999999999999 alarm:NOSPACE",
                    "memberID:161 ",
                    "");
            timeIs(10);

            assertThat(told()).isEmpty();
        }

        @Test
        void ofNobodyAreTheClusters() throws Exception {
            status("m1", "a1", 1, 10, "3.4.23");
            status("m1", "a1", 2, 11, "3.4.23", "alarm:NOSPACE ");
            timeIs(10);

            assertThat(told()).singleElement().satisfies(event -> {
                assertThat(event.member()).isNull();
                assertThat(event.memberId()).isNull();
                assertThat(event.after()).isEqualTo("NOSPACE");
            });
        }
    }

    @Test
    void saysTheSameWhateverTheOrderOfArrivalWithinTheSlack() throws Exception {
        List<Object> all = new ArrayList<>();
        for (int second = 0; second < 60; second++) {
            boolean alarmed = second > 20 && second < 40;
            for (String member : List.of("m1", "m2", "m3")) {
                boolean upgraded = second > 30;
                all.add(answer(
                        "77",
                        member,
                        "id" + member,
                        second,
                        100 + second - (member.equals("m3") ? 7 : 0),
                        upgraded ? "3.5.9" : "3.4.23",
                        alarmed ? new String[] {NOSPACE} : new String[0]));
            }
            if (second % 10 == 5) {
                Member[] members = second < 30 ? new Member[] {M1, M2, M3} : new Member[] {M1, M2, PROMOTED};
                all.add(roster(second, members));
            }
        }
        List<ClusterEvent> inOrder = afterAll(all);
        assertThat(inOrder)
                .extracting(ClusterEvent::kind)
                .contains("member-added", "member-removed", "version-changed", "alarm-raised", "alarm-cleared");

        for (int seed = 0; seed < 5; seed++) {
            close();
            open();
            Collections.shuffle(all, new Random(seed));
            assertThat(afterAll(all)).isEqualTo(inOrder);
        }
    }

    /** As a topic may repeat them. */
    @Test
    void saysTheSameWhenEverythingComesTwice() throws Exception {
        list(1, M1, M2, M3);
        for (int time = 0; time < 2; time++) {
            list(11, M1, M2, M3, LEARNER);
            status("m1", "a1", 12, 10, "3.4.23");
            status("m1", "a1", 13, 11, "3.5.9", NOSPACE);
        }
        timeIs(20);
        status("m1", "a1", 13, 11, "3.4.23");

        assertThat(kinds()).containsExactly("member-added", "version-changed", "alarm-raised");
    }

    @Test
    void keepsNothingThatWaitedAndForgetsMembersThatLeft() throws Exception {
        list(1, M1, M2, M3);
        status("m1", "a1", 1, 10, "3.4.23");
        status("m2", "b2", 2, 10, "3.4.23");
        timeIs(10);
        assertThat(events.numKeyedStateEntries()).as("membership, answers").isEqualTo(2);
        assertThat(events.numEventTimeTimers()).isZero();

        Answers answers = new Answers();
        Membership membership = new Membership();
        answers.observe(answer("77", "m1", "a1", 1, 10, "3.4.23"), membership);
        answers.observe(answer("77", "m2", "b2", Duration.ofDays(2).toSeconds(), 10, "3.4.23"), membership);
        assertThat(answers.members).containsOnlyKeys("b2");
    }

    /** State that nothing renews for a day. */
    @Test
    void forgetsClustersThatAreNoMore() throws Exception {
        list(1, M1, M2, M3);
        status("m1", "a1", 1, 10, "3.4.23");
        timeIs(10);
        events.setStateTtlProcessingTime(Duration.ofHours(25).toMillis());
        list(21, M1);
        list(31, M1);
        status("m1", "a1", 32, 11, "3.5.9", NOSPACE);
        timeIs(40);

        assertThat(told()).as("all of it is seen for the first time").isEmpty();
    }

    @Test
    void needsNoKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Membership.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Answers.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(ClusterEvent.class);
    }

    private List<ClusterEvent> afterAll(List<Object> all) throws Exception {
        for (Object one : all) {
            if (one instanceof MemberStatus status) {
                give(status);
            } else {
                give((ClusterRoster) one);
            }
        }
        timeIs(100);
        return told();
    }

    private void list(double second, Member... members) throws Exception {
        give(roster(second, members));
    }

    private void status(String member, String id, double second, long applied, String version, String... errors)
            throws Exception {
        give(answer("77", member, id, second, applied, version, errors));
    }

    private void failed(String member, double second) throws Exception {
        give(MemberStatus.failed("c1", member, null, "http://" + member, second(second), 3, "timeout", "no answer"));
    }

    private void give(ClusterRoster roster) throws Exception {
        events.processElement2(roster, roster.observedAt().toEpochMilli());
    }

    private void give(MemberStatus status) throws Exception {
        events.processElement1(status, status.observedAt().toEpochMilli());
    }

    private void timeIs(double second) throws Exception {
        events.processBothWatermarks(new Watermark(second(second).toEpochMilli()));
    }

    private List<ClusterEvent> told() {
        return events.extractOutputValues();
    }

    private List<String> kinds() {
        return told().stream().map(ClusterEvent::kind).toList();
    }

    private static ClusterEvent event(
            String member, String id, String kind, double second, String before, String after, String detail) {
        return new ClusterEvent("c1", "77", member, id, kind, second(second), before, after, detail);
    }

    private static ClusterRoster roster(double second, Member... members) {
        return new ClusterRoster("c1", "77", second(second), second(second), List.of(members), Map.of());
    }

    private static MemberStatus answer(
            String clusterId, String member, String id, double second, long applied, String version, String... errors) {
        return new MemberStatus(
                "c1",
                clusterId,
                member,
                id,
                "http://" + member,
                second(second),
                second(second),
                version,
                1,
                1,
                "a1",
                1,
                applied + 3,
                applied,
                false,
                List.of(errors),
                3,
                null,
                null);
    }
}
