package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.DeadLetter;
import io.quorate.events.Measures;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewsTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final List<String> said = new ArrayList<>();
    private final FakeClock clock = new FakeClock();
    private final News news = new News(said::add, clock);

    @Test
    void tellsTheFirstWindowOfEachClusterAndNoOther() {
        news.see(window("a"));
        news.see(window("a"));
        news.see(window("b"));

        assertThat(said).hasSize(2);
        assertThat(said.get(0)).endsWith("first window of a");
        assertThat(said.get(1)).endsWith("first window of b");
    }

    @Test
    void tellsAMemberThatFallsSilentOnceAndThatItIsBack() {
        for (int i = 0; i < 10; i++) {
            news.see(silent());
        }
        assertThat(said).singleElement().asString().contains("m1 of a", "does not answer: timeout, no answer");

        news.see(answered());
        news.see(answered());
        assertThat(said).hasSize(2);
        assertThat(said.get(1)).endsWith("answers again");
    }

    @Test
    void isSilentAboutTwoAnswersThatWereLate() {
        news.see(silent());
        news.see(silent());
        news.see(answered());

        assertThat(said).isEmpty();
    }

    @Test
    void tellsEachKindOfDeadLetterOnce() {
        news.see(letter("member-status/0@1"));
        news.see(letter("member-status/1@7"));
        news.see(letter("member-scrape/0@1"));

        assertThat(said).hasSize(2).allMatch(line -> line.contains("unreadable") && line.contains("dead-letters"));
    }

    @Test
    void saysAfterAMinuteThatNoWindowCame() {
        news.tick();
        assertThat(said).isEmpty();
        clock.forward(Duration.ofSeconds(61));
        news.tick();
        news.tick();

        assertThat(said).singleElement().asString().contains("no windows yet after 60 s", "doctor");
    }

    @Test
    void holdsBackWhatATerminalCannotShowAndSaysHowMuch() {
        for (int i = 0; i < 50; i++) {
            news.see(window("c" + i));
        }
        assertThat(said).hasSize(20);

        clock.forward(Duration.ofSeconds(61));
        news.see(window("another"));
        assertThat(said).hasSize(22);
        assertThat(said.get(20)).endsWith("30 lines more were held back");
    }

    private static MemberWindow window(String cluster) {
        return new MemberWindow(cluster, null, "m1", null, START, START.plusSeconds(10), false, 1, Measures.NONE);
    }

    private static MemberStatus silent() {
        return MemberStatus.failed("a", "m1", null, "http://m1:2379", START, 3, "timeout", "no answer");
    }

    private static MemberStatus answered() {
        return new MemberStatus(
                "a",
                "c",
                "m1",
                "1",
                "http://m1:2379",
                START,
                START,
                "3.4.23",
                1,
                1,
                "1",
                2,
                1,
                1,
                false,
                List.of(),
                3,
                null,
                null);
    }

    private static DeadLetter letter(String source) {
        return new DeadLetter(source, "unreadable", "not JSON", null, "x", START);
    }

    private static final class FakeClock extends Clock {

        private Instant now = START;

        void forward(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneId.of("UTC");
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
