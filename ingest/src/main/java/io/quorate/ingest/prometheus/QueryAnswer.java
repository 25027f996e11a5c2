package io.quorate.ingest.prometheus;

import io.quorate.ingest.prometheus.MatrixAnswer.SeriesTaker;
import java.io.IOException;
import okhttp3.Response;

/** Reads what a server made of a question: the series, or why there are none. */
final class QueryAnswer {

    private static final long ERROR_BODY_CAP = 1L << 16;
    /** What VictoriaMetrics names when a question is longer than it takes, 16 KiB by default. */
    private static final String LONGEST_FLAG = "-search.maxQueryLen";

    private static final String LONGEST_HINT = "; start VictoriaMetrics with a larger one, or give some of the clusters"
            + " an entry of ingest.prometheus with a selector of their own";

    private QueryAnswer() {}

    /**
     * Reads the whole answer.
     *
     * @param cap so many bytes, and no more
     * @param narrower what to do when it is larger, as the end of a sentence
     */
    static void read(Response response, long cap, String narrower, SeriesTaker taker) throws IOException {
        if (response.isSuccessful()) {
            MatrixAnswer.read(new CappedBody(response.body().byteStream(), cap, narrower), taker);
            return;
        }
        CappedBody body = new CappedBody(response.body().byteStream(), ERROR_BODY_CAP, "");
        String hint = switch (response.code()) {
            case 401 ->
                "; expected a user or a token that may query: set basic (user, and password-file or password-env),"
                        + " bearer-token-file or bearer-token-env";
            case 403 -> "; expected one who may query: check whose basic or bearer-token it is";
            // VictoriaMetrics answers 400 below a path that it does not know.
            case 400, 404 -> "; expected Prometheus' API below the url";
            default -> response.isRedirect() ? "; redirects are not followed, set url to where it leads" : "";
        };
        try {
            MatrixAnswer.read(body, taker);
        } catch (PollTrouble e) {
            if (e.reason().equals("query-error")) {
                String words = "HTTP " + response.code() + ", " + e.getMessage();
                throw new PollTrouble("query-error", words.contains(LONGEST_FLAG) ? words + LONGEST_HINT : words);
            }
        }
        String reason = response.code() == 401 || response.code() == 403 ? "auth" : "http-status";
        throw new PollTrouble(reason, ("HTTP " + response.code() + hint + " " + body.beginning()).strip());
    }
}
