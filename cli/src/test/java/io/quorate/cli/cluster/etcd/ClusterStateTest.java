package io.quorate.cli.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What answers of members say of their cluster. Members have the ids 11, 12 and 13, in hex b, c and d. */
class ClusterStateTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Layout LAYOUT = new Layout("local", 3, 23_790, false);
    private static final Running RUNNING = new Running(
            LAYOUT,
            "2026-01-01T00:00:00Z",
            List.of(
                    new Running.Member("m1", 101, 0),
                    new Running.Member("m2", 102, 1),
                    new Running.Member("m3", 103, 0)));
    private static final Calls.Said WELL = said("{'health': 'true'}");
    private static final Calls.Said SILENT = Calls.Said.failed("it does not answer");

    @Test
    void showsEveryMemberInATable() {
        ClusterState state = state(
                answer(1, "'leader': '12', 'raftIndex': '14', 'raftTerm': '2', 'dbSize': '20480'"),
                answer(2, "'leader': '12', 'raftIndex': '15', 'raftTerm': '2', 'dbSize': '3145728'"),
                member(3, SILENT, SILENT));

        assertThat(StatusCommand.table(state).lines())
                .containsExactly(
                        "member  id  endpoint                pid  version  db size   term  index  role      health     errors",
                        "m1      b   http://127.0.0.1:23790  101  3.5.9    20.0 KiB  2     14     follower  healthy",
                        "m2      c   http://127.0.0.1:23793  102  3.5.9    3.0 MiB   2     15     leader    healthy",
                        "m3      -   http://127.0.0.1:23796  103  -        -         -     -      unknown   unhealthy  it does not answer");
        assertThat(StatusCommand.summary(state))
                .isEqualTo("cluster local: 2 of 3 members healthy, leader m2 in term 2, 1 restart");
        JsonNode json = StatusCommand.json(state);
        assertThat(json.path("leader").asText()).isEqualTo("m2");
        assertThat(json.path("members")).hasSize(3);
        assertThat(json.at("/members/1/dbSizeBytes").asLong()).isEqualTo(3_145_728);
        assertThat(json.at("/members/2").has("raftTerm")).isFalse();
    }

    @Test
    void holdsWhenAllAreHealthyAndSeeOneLeaderInOneTerm() {
        ClusterState state = state(agreeing(1), agreeing(2), agreeing(3));

        assertThat(Check.members(state)).isEqualTo(new Check("members", true, "3 of 3 members healthy"));
        assertThat(Check.leader(state)).isEqualTo(new Check("leader", true, "all see m1, in term 2"));
        assertThat(RestartCommand.leaderLast(state)).containsExactly("m2", "m3", "m1");
    }

    @Test
    void holdsNotWhileMembersSeeDifferentLeadersOrNone() {
        ClusterState two = state(agreeing(1), agreeing(2), answer(3, "'leader': '13', 'raftTerm': '2'"));
        ClusterState older = state(agreeing(1), agreeing(2), answer(3, "'leader': '11', 'raftTerm': '1'"));
        ClusterState none =
                state(answer(1, "'raftTerm': '5'"), answer(2, "'raftTerm': '5'"), answer(3, "'raftTerm': '5'"));

        assertThat(Check.leader(two))
                .isEqualTo(
                        new Check("leader", false, "m1 sees m1 in term 2, m2 sees m1 in term 2, m3 sees m3 in term 2"));
        assertThat(Check.leader(older).held()).isFalse();
        assertThat(Check.leader(none).what()).contains("m2 sees no leader in term 5");
        assertThat(StatusCommand.summary(none)).contains("no leader that all agree on");
        assertThat(none.members()).extracting(MemberState::role).containsOnly("no leader");
    }

    @Test
    void holdsNotWhileOneIsSilentThoughTheOthersAgree() {
        ClusterState state = state(agreeing(1), agreeing(2), member(3, SILENT, SILENT));

        assertThat(Check.members(state))
                .isEqualTo(new Check("members", false, "2 of 3 members healthy; m3: it does not answer"));
        assertThat(Check.leader(state).held()).isFalse();
        assertThat(state.leader()).contains("m1");
    }

    @Test
    void callsAMemberUnhealthyWhenItSaysSoAndRepeatsItsErrors() {
        MemberState sick = member(1, status(1, "'errors': ['etcdserver: no leader']"), said("{'health': 'false'}"));

        assertThat(sick.healthy()).isFalse();
        assertThat(sick.errors())
                .containsExactly("etcdserver: no leader", "unhealthy: it cannot read, as without a quorum");
    }

    @Test
    void readsIdsBeyondWhatASignedNumberHolds() {
        MemberState member = member(
                1, said("{'header': {'member_id': '17764735271342926713'}, 'leader': '17764735271342926713'}"), WELL);

        assertThat(member.id()).isEqualTo("f689049b913f6b79");
        assertThat(member.role()).isEqualTo("leader");
    }

    @Test
    void tellsALearnerFromAFollower() {
        assertThat(answer(1, "'leader': '12', 'isLearner': true").role()).isEqualTo("learner");
    }

    private static ClusterState state(MemberState... members) {
        return new ClusterState(RUNNING, List.of(members));
    }

    private static MemberState agreeing(int k) {
        return answer(k, "'leader': '11', 'raftTerm': '2'");
    }

    private static MemberState answer(int k, String fields) {
        return member(k, status(k, fields), WELL);
    }

    private static Calls.Said status(int k, String fields) {
        return said("{'header': {'member_id': '" + (10 + k) + "'}, 'version': '3.5.9', " + fields + "}");
    }

    private static MemberState member(int k, Calls.Said status, Calls.Said health) {
        return MemberState.of(RUNNING.member("m" + k), LAYOUT.endpoints().getOrDefault("m" + k, ""), status, health);
    }

    private static Calls.Said said(String json) {
        try {
            return new Calls.Said(JSON.readTree(json.replace('\'', '"')), null);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
