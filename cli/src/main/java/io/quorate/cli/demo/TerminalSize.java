package io.quorate.cli.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The size of the terminal, which a person may change while it is drawn on; asked anew now and then, not for each page. */
final class TerminalSize implements Supplier<Terminal> {

    /** Asking takes a process. */
    private static final Duration KEPT = Duration.ofSeconds(2);

    private final Supplier<Terminal> asking;
    private final InstantSource clock;
    private @Nullable Terminal told;
    private Instant toldAt = Instant.MIN;

    TerminalSize(Supplier<Terminal> asking, InstantSource clock) {
        this.asking = asking;
        this.clock = clock;
    }

    @Override
    public Terminal get() {
        Terminal known = told;
        Instant now = clock.instant();
        if (known == null || !now.isBefore(toldAt.plus(KEPT))) {
            known = asking.get();
            told = known;
            toldAt = now;
        }
        return known;
    }
}
