package io.quorate.jobs.causes;

import static io.quorate.jobs.causes.Book.CHAINS;
import static io.quorate.jobs.causes.Book.alert;
import static io.quorate.jobs.causes.Book.at;
import static io.quorate.jobs.causes.Book.explained;
import static io.quorate.jobs.causes.Book.moved;
import static io.quorate.jobs.causes.Book.seen;
import static io.quorate.jobs.causes.Book.storm;
import static io.quorate.jobs.causes.Book.symptom;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.events.RuleCoverage;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiagnosisTest {

    @Test
    void namesTheCauseAndTheMemberThatBeganBeforeTheAlert() {
        Diagnosis diagnosis = of(explained("SlowDisk", "m2", 90));

        assertThat(diagnosis.cause()).isEqualTo("slow-disk");
        assertThat(diagnosis.member()).isEqualTo("m2");
    }

    @Test
    void knowsNoneOfWhatWasOverLongBeforeOrBeganLongAfter() {
        assertThat(of(explained("SlowDisk", "m2", -31)).isKnown()).isFalse();
        assertThat(of(explained("SlowDisk", "m2", -30)).isKnown()).isTrue();
        assertThat(of(explained("SlowDisk", "m2", 160)).isKnown()).isTrue();
        assertThat(of(explained("SlowDisk", "m2", 161)).isKnown()).isFalse();
    }

    @Test
    void takesWhatTheOthersComeOfWhateverCameFirst() {
        Diagnosis diagnosis =
                of(explained("SlowDisk", "m1", 70), explained("Cut", "m3", 80), explained("Paused", "m2", 90));

        assertThat(diagnosis.cause()).isEqualTo("pause");
        assertThat(evidence(diagnosis, "seen as well")).containsExactly("network (Cut)", "slow-disk (SlowDisk)");
    }

    @Test
    void takesTheOneNearerToTheBeginningOfThingsWhereNeitherComesOfTheOther() {
        assertThat(of(explained("Cut", "m1", 80), explained("SlowDisk", "m2", 90))
                        .cause())
                .isEqualTo("slow-disk");
    }

    @Test
    void takesWhatTheSameMemberHadBeforeForTheCauseOfTheRest() {
        assertThat(of(explained("SlowDisk", "m2", 60), explained("SlowDisk", "m2", 80), explained("Paused", "m2", 90))
                        .cause())
                .isEqualTo("slow-disk");
        assertThat(of(explained("SlowDisk", "m2", 80), explained("Paused", "m2", 90))
                        .cause())
                .isEqualTo("pause");
        assertThat(of(explained("SlowDisk", "m1", 60), explained("Paused", "m2", 90))
                        .cause())
                .isEqualTo("pause");
    }

    @Test
    void takesWhatHasBeenSoForLongForHowTheMemberIs() {
        assertThat(of(
                                explained("SlowDisk", "m2", -40),
                                explained("SlowDisk", "m2", 20),
                                explained("SlowDisk", "m2", 80),
                                explained("Paused", "m2", 90))
                        .cause())
                .isEqualTo("pause");
    }

    @Test
    void prefersWhatWasThereWhenItBegan() {
        assertThat(of(explained("SlowDisk", "m1", 10), explained("SlowDisk", "m1", 20), explained("SlowDisk", "m2", 90))
                        .member())
                .isEqualTo("m2");
        assertThat(of(explained("SlowDisk", "m1", 130), explained("Cut", "m2", 90))
                        .cause())
                .isEqualTo("network");
    }

    @Test
    void staysWithWhatWasSaidUntilItIsSeenToComeOfSomethingElse() {
        Casebook book = new Casebook();
        book.add(explained("SlowDisk", "m1", 90));
        book.add(explained("SlowDisk", "m2", 90));
        book.add(explained("SlowDisk", "m2", 100));
        Casebook.Case said = new Casebook.Case();
        said.cause = "slow-disk";
        said.root = "m1";
        Alert alert = storm(Status.FIRING, 100, 100);

        assertThat(new Diagnosis(CHAINS, book, alert, said).member()).isEqualTo("m1");
        book.add(explained("Paused", "m3", 90));
        assertThat(new Diagnosis(CHAINS, book, alert, said).cause()).isEqualTo("pause");
    }

    @Test
    void namesTheMemberThatLedWhereSeveralAreIll() {
        Diagnosis diagnosis = of(
                explained("SlowDisk", "m1", 70),
                explained("SlowDisk", "m1", 80),
                explained("SlowDisk", "m2", 90),
                moved("m2", "m3", 7, 95));

        assertThat(diagnosis.member()).isEqualTo("m2");
    }

    @Test
    void namesTheMemberThatWasIllForLongerWhereNoneLed() {
        assertThat(of(explained("SlowDisk", "m2", 80), explained("SlowDisk", "m1", 80), explained("SlowDisk", "m1", 90))
                        .member())
                .isEqualTo("m1");
    }

    @Test
    void namesTheAlertsOwnMemberWhereThatIsIllToo() {
        Casebook book = new Casebook();
        book.add(explained("SlowDisk", "m1", 80));
        book.add(explained("SlowDisk", "m1", 90));
        book.add(explained("SlowDisk", "m2", 90));
        Alert alert = alert("Paused", Severity.WARNING, "m2", Status.FIRING, 100, 100);

        assertThat(new Diagnosis(CHAINS, book, alert, null).member()).isEqualTo("m2");
    }

    @Test
    void explainsNoAlertOfARankThatItIsNotFor() {
        Casebook book = new Casebook();
        book.add(explained("Paused", "m1", 90));
        Alert ofADisk = alert("SlowDisk", Severity.WARNING, "m1", Status.FIRING, 100, 100);

        assertThat(new Diagnosis(CHAINS, book, ofADisk, null).isKnown()).isFalse();
    }

    @Test
    void rulesOutWhatWasLookedAtAndSaysWhatNobodyCouldSee() {
        Diagnosis diagnosis = of(
                explained("SlowDisk", "m2", 90),
                seen("MemberHangs", "m1", RuleCoverage.EVALUATED, null),
                seen("MemberHangs", "m2", RuleCoverage.BLIND, "up"),
                seen("LinkFails", "m1", RuleCoverage.BLIND, "sends"),
                seen("LinkFails", "m2", RuleCoverage.BLIND, "sends"));

        assertThat(evidence(diagnosis, "ruled out"))
                .containsExactly("pause: nothing of it was seen (but MemberHangs is blind for lack of up on m2)");
        assertThat(evidence(diagnosis, "not known"))
                .containsExactly("network: LinkFails is blind for lack of sends on m1, m2");
    }

    @Test
    void saysThatNobodyLooked() {
        assertThat(evidence(of(explained("SlowDisk", "m2", 90)), "not known"))
                .containsExactly("network: nobody looked", "pause: nobody looked");
    }

    @Test
    void givesTheAdviceThatTheSignsAskFor() {
        assertThat(evidence(of(explained("SlowDisk", "m2", 90)), "advice"))
                .containsExactly("practice: do something later");
        assertThat(evidence(of(explained("SlowDisk", "m2", 90), symptom("LinkFails", "m1", 95)), "advice"))
                .containsExactly("now: do something soon", "practice: do something later");
    }

    @Test
    void tellsTheStepsAndWhatCameOfThem() {
        Diagnosis diagnosis = of(
                explained("SlowDisk", "m2", 90),
                symptom("DiskSlow", "m2", 90),
                symptom("LinkFails", "m1", 95),
                symptom("LinkFails", "m1", 20));

        assertThat(evidence(diagnosis, "it-begins")).containsExactly("a value of m2");
        assertThat(evidence(diagnosis, "sign")).containsExactly("LinkFails of m1: so much");
        assertThat(evidence(diagnosis, "count")).containsExactly("3");
        assertThat(diagnosis.told(Status.UPDATED, at(110)).cause()).isEqualTo("something is wrong with m2 of prod");
    }

    @Test
    void keepsStretchesApartThatAMinuteParts() {
        Casebook book = new Casebook();
        book.add(explained("SlowDisk", "m2", 0));
        book.add(explained("SlowDisk", "m2", 70));
        book.add(explained("SlowDisk", "m2", 141));

        assertThat(book.explanations).extracting(stretch -> stretch.from).containsExactly(at(0), at(141));
        assertThat(book.explanations).extracting(stretch -> stretch.times).containsExactly(2, 1);
    }

    @Test
    void letsGoOfWhatIsAQuarterOfAnHourOld() {
        Casebook book = new Casebook();
        book.add(explained("SlowDisk", "m2", 0));
        book.add(symptom("LinkFails", "m1", 0));
        book.add(moved("m1", "m2", 7, 10));

        book.forget(at(910));
        assertThat(book.isEmpty()).isFalse();
        book.forget(at(910.001));
        assertThat(book.isEmpty()).isTrue();
    }

    private static Diagnosis of(Clue... clues) {
        Casebook book = new Casebook();
        for (Clue clue : clues) {
            book.add(clue);
        }
        return new Diagnosis(CHAINS, book, storm(Status.FIRING, 100, 100), null);
    }

    private static List<String> evidence(Diagnosis diagnosis, String what) {
        return diagnosis.told(Status.UPDATED, at(110)).evidence().stream()
                .filter(line -> line.what().equals(what))
                .map(Alert.Evidence::value)
                .toList();
    }
}
