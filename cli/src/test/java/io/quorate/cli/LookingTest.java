package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LookingTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    @Test
    void bringsWhatWasSeen() throws Exception {
        try (Looking looking = new Looking(LONG)) {
            assertThat(looking.begin(0, LONG, patience -> "well", Throwable::getMessage)
                            .seen())
                    .contains("well");
        }
    }

    @Test
    void grantsEachNoMoreThanItsOwnTimeAndNoMoreThanIsLeft() throws Exception {
        try (Looking looking = new Looking(LONG)) {
            assertThat(looking.begin(0, Duration.ofSeconds(3), patience -> patience, thrown -> Duration.ZERO)
                            .seen())
                    .contains(Duration.ofSeconds(3));
            assertThat(looking.begin(0, LONG.plusMinutes(1), patience -> patience, thrown -> Duration.ZERO)
                            .seen())
                    .hasValueSatisfying(patience -> assertThat(patience).isLessThan(LONG));
        }
    }

    @Test
    void doesNotBeginWhatWouldHaveTooLittleTime() throws Exception {
        AtomicBoolean begun = new AtomicBoolean();
        try (Looking looking = new Looking(Duration.ofMillis(1_900))) {
            assertThat(looking.begin(
                                    0,
                                    LONG,
                                    patience -> {
                                        begun.set(true);
                                        return "late";
                                    },
                                    Throwable::getMessage)
                            .seen())
                    .isEmpty();
        }
        assertThat(begun).isFalse();
    }

    @Test
    void doesNotWaitForWhatHangs() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (Looking looking = new Looking(LONG)) {
            Looking.Begun<String> hangs = looking.begin(
                    0,
                    LONG,
                    patience -> {
                        never.await();
                        return "over";
                    },
                    Throwable::getMessage);
            assertThat(hangs.seenWithin(Duration.ofMillis(10))).isEmpty();
        }
    }

    @Test
    void saysWhatALookThrew() throws Exception {
        try (Looking looking = new Looking(LONG)) {
            Looking.Begun<String> throwing = looking.begin(
                    0,
                    LONG,
                    patience -> {
                        throw new IllegalStateException("broken");
                    },
                    Throwable::getMessage);
            assertThat(throwing.seen()).contains("broken");
        }
    }

    @Test
    void doesNotLetALongListKeepOutAShortOne() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        List<Integer> begun = new CopyOnWriteArrayList<>();
        try (Looking looking = new Looking(LONG)) {
            // All rooms are taken until the first of these have been waited for long enough.
            List<Looking.Begun<Boolean>> looks = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                int turn = i;
                looks.add(looking.begin(
                        turn,
                        LONG,
                        patience -> {
                            begun.add(turn);
                            return over.await(1, TimeUnit.MINUTES);
                        },
                        thrown -> false));
            }
            looks.add(looking.begin(0, LONG, patience -> begun.add(-1), thrown -> false));
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> begun.contains(-1));
            over.countDown();

            // By the order of their coming it would have been the last of all, after every one of the 512 that may
            // hang.
            assertThat(begun.indexOf(-1)).isLessThan(512);
        }
    }
}
