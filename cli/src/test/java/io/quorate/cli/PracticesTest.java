package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.ingest.etcd.EtcdProbe.Answer;
import io.quorate.ingest.etcd.EtcdProbe.Listed;
import java.util.List;
import org.junit.jupiter.api.Test;

class PracticesTest {

    private static final Listed M1 = listed("a1", "m1", false);
    private static final Listed M2 = listed("a2", "m2", false);
    private static final Listed M3 = listed("a3", "m3", false);

    @Test
    void findNothingAtThreeVotersOfOneVersionBehindTls() {
        assertThat(words(List.of(answer(M1, "3.5.16", List.of(M1, M2, M3))))).isEmpty();
    }

    @Test
    void adviseAgainstOneVoterAndAgainstAnEvenNumber() {
        assertThat(words(List.of(answer(M1, "3.5.16", List.of(M1)))))
                .containsExactly("a single voter: no failure is survived; run 3 or 5");
        assertThat(words(List.of(answer(M1, "3.5.16", List.of(M1, M2)))))
                .singleElement()
                .asString()
                .startsWith("2 voters: an even number survives no more failures than 1;");
    }

    @Test
    void tellOfALearnerThatDoesNotVote() {
        assertThat(words(List.of(answer(M1, "3.5.16", List.of(M1, M2, M3, listed("a4", "m4", true))))))
                .singleElement()
                .asString()
                .startsWith("member m4 is a learner, without a vote;");
    }

    @Test
    void tellOfDifferentVersionsOfOneNameTwiceAndOfPlainAddresses() {
        Listed plain = new Listed("a2", "m1", false, List.of("http://m2:2379"));
        List<Listed> members = List.of(M1, plain, M3);

        assertThat(words(List.of(answer(M1, "3.4.23", members), answer(M3, "3.5.16", members))))
                .hasSize(3)
                .anyMatch(note -> note.startsWith("members advertise http:"))
                .anyMatch(
                        note -> note.equals("members run different versions: 3.4.23 m1; 3.5.16 m3; finish the upgrade"))
                .anyMatch(note -> note.startsWith("2 members have the name m1:"));
    }

    @Test
    void repeatWhatAMemberReports() {
        Answer full = new Answer(
                "https://m1:2379",
                "c",
                "a1",
                "m1",
                "3.5.16",
                "a1",
                false,
                2,
                List.of("alarm:NOSPACE"),
                List.of(M1, M2, M3));

        assertThat(words(List.of(full))).containsExactly("member m1 reports: alarm:NOSPACE");
    }

    private static List<String> words(List<Answer> told) {
        return Practices.of(told).stream().map(Practices.Note::words).toList();
    }

    private static Listed listed(String id, String name, boolean learner) {
        return new Listed(id, name, learner, List.of("https://" + name + ":2379"));
    }

    private static Answer answer(Listed member, String version, List<Listed> members) {
        return new Answer(
                "https://" + member.name() + ":2379",
                "c",
                member.memberId(),
                member.name(),
                version,
                "a1",
                false,
                2,
                List.of(),
                members);
    }
}
