package io.quorate.ingest.prometheus;

import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.poll.Target;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Fetches pages of members once that the poller fetches again and again: same client, same cap, same format. Thread-safe. */
public final class ScrapeProbe {

    private final ScrapeSettings settings;
    private final OkHttpClient client;
    private final TextFormat format = new TextFormat(Catalogue.shipped(), Set.of());

    /** For the members of this entry. */
    public ScrapeProbe(ScrapeSettings settings) {
        this.settings = settings;
        this.client = MemberPage.client(new OkHttpClient(), settings.transport(), settings.timeout());
    }

    /**
     * A page that could be read.
     *
     * @param leftOut what of it made no sense, in words; null when all did
     */
    public record Page(MemberScrape scrape, @Nullable String leftOut) {}

    /** There was none; the message says why, and mostly what to look at next, in the poller's words. */
    public static final class NoPage extends Exception {

        private static final long serialVersionUID = 1;

        private final String reason;
        private final String next;

        private NoPage(String reason, String why, String next) {
            super(why);
            this.reason = reason;
            this.next = next;
        }

        /** The class of failures that the poller counts it in. */
        public String reason() {
            return reason;
        }

        /** What to do, where the message does not say it; else blank. */
        public String next() {
            return next;
        }
    }

    /**
     * Asks and waits for the answer.
     *
     * @param patience at most so long; no longer than the settings grant in any case
     */
    public Page ask(Target target, Duration patience) throws NoPage {
        MemberPage page = new MemberPage(settings, target, format);
        Duration timeout = patience.compareTo(settings.timeout()) < 0 ? patience : settings.timeout();
        Call call = client.newCall(page.request());
        call.timeout().timeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
        Instant asked = MemberPage.now();
        try (Response response = call.execute()) {
            MemberPage.Taken taken = page.take(asked, response, timeout, assembler -> {});
            DeadLetter leftOut = taken.leftOut();
            return new Page(taken.scrape(), leftOut == null ? null : leftOut.detail());
        } catch (IOException e) {
            PollTrouble trouble = page.trouble(e, timeout);
            throw new NoPage(trouble.reason(), page.words(trouble), trouble.next());
        }
    }
}
