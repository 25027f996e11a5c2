package io.quorate.ingest.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.ClusterRoster.Member;
import java.util.List;
import org.junit.jupiter.api.Test;

class FollowingTest {

    private static final String ONE = "http://etcd-1.example:2379";
    private static final String TWO = "http://etcd-2.example:2379";

    private final Following following = new Following(List.of(ONE, TWO));

    @Test
    void addsAMemberThatNoEndpointIs() {
        Following.Change change =
                following.follow(List.of(member("1", ONE), member("2", TWO), member("3", "http://three:1")));

        assertThat(change.added()).containsExactly("http://three:1");
        assertThat(change.gone()).isEmpty();
        assertThat(change.problems()).isEmpty();
        assertThat(following.advertisedBy("http://three:1")).isEqualTo(member("3", "http://three:1"));
        assertThat(following.advertisedBy(ONE)).isNull();
        assertThat(following
                        .follow(List.of(member("1", ONE), member("2", TWO), member("3", "http://three:1/")))
                        .added())
                .as("once")
                .isEmpty();
    }

    @Test
    void knowsAnEndpointByItsAnswersWhateverItsMemberAdvertises() {
        following.answered(ONE, "1");
        following.answered(TWO, "2");

        assertThat(following
                        .follow(List.of(member("1", "http://10.0.0.1:2379"), member("2", "http://10.0.0.2:2379")))
                        .added())
                .isEmpty();
    }

    @Test
    void letsGoOfWhatItFollowedOnceAnEndpointOfTheSettingsAnswersAsThatMember() {
        following.answered(ONE, "1");
        following.follow(List.of(member("1", ONE), member("2", "http://10.0.0.2:2379")));
        following.answered(TWO, "2");

        assertThat(following
                        .follow(List.of(member("1", ONE), member("2", "http://10.0.0.2:2379")))
                        .gone())
                .containsExactly("http://10.0.0.2:2379");
    }

    @Test
    void letsGoOfThoseThatLeftAndTakesThemBack() {
        following.answered(ONE, "1");
        following.answered(TWO, "2");
        following.follow(List.of(member("1", ONE), member("2", "http://x:1"), member("3", "http://three:1")));

        assertThat(following.follow(List.of(member("1", ONE))).gone()).containsExactly(TWO, "http://three:1");
        assertThat(following
                        .follow(List.of(member("1", ONE), member("2", "http://x:1")))
                        .added())
                .as("where the settings have it")
                .containsExactly(TWO);
    }

    @Test
    void keepsAnEndpointThatNeverAnswered() {
        following.answered(ONE, "1");

        assertThat(following.follow(List.of(member("1", ONE))).gone()).isEmpty();
    }

    @Test
    void keepsSomebodyToAskWhenEverybodySeemsToHaveLeft() {
        following.answered(ONE, "1");
        following.answered(TWO, "2");

        assertThat(following.follow(List.of(member("9", "https://nine:1"))).gone())
                .isEmpty();
    }

    @Test
    void tellsOfAddressesThatLeadToAnotherMember() {
        following.answered(ONE, "1");
        following.answered(TWO, "2");
        List<Member> members = List.of(member("1", ONE), member("2", TWO), member("3", "http://localhost:2379"));
        following.follow(members);
        following.answered("http://localhost:2379", "1");

        Following.Change change = following.follow(members);

        assertThat(change.gone()).containsExactly("http://localhost:2379");
        assertThat(change.added()).isEmpty();
        assertThat(change.problems())
                .contains("m3 advertises http://localhost:2379, but member 1 answers there; set its"
                        + " --advertise-client-urls, or list it in ingest.etcd.endpoints");
    }

    @Test
    void followsNoAddressOfAnotherScheme() {
        Following secured = new Following(List.of("https://etcd-1.example:2379"));
        Following.Change change = secured.follow(
                List.of(member("1", "https://etcd-1.example:2379"), member("2", "http://plain:1", "unix://x")));

        assertThat(change.added()).isEmpty();
        assertThat(change.problems())
                .containsExactly("m2 advertises http://plain:1 and unix://x, which cannot be followed; expected"
                        + " https://host:port of that member: set its --advertise-client-urls, or list it in"
                        + " ingest.etcd.endpoints");
    }

    @Test
    void leavesAMemberThatNeverStartedAlone() {
        assertThat(following
                        .follow(List.of(member("1", ONE), member("2", TWO), member("3")))
                        .problems())
                .isEmpty();
    }

    private static Member member(String id, String... urls) {
        return new Member(id, "m" + id, false, List.of(urls));
    }
}
