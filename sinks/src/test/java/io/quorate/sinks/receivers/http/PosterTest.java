package io.quorate.sinks.receivers.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PosterTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "7, PT7S",
                "'Sun, 29 Mar 2026 01:00:40 GMT', PT30S",
                "'Sun, 29 Mar 2026 00:00:00 GMT', none",
                "soon, none",
                "-3, none",
                "99999999999999999999, none",
                "'', none",
                "none, none"
            })
    void readsRetryAfterAsSecondsOrDate(String header, Duration expected) {
        Clock clock = Clock.fixed(Instant.parse("2026-03-29T01:00:10Z"), ZoneOffset.UTC);
        assertThat(Poster.retryAfter(header, clock)).isEqualTo(expected);
    }

    @Test
    void masksASecretInEveryFormInWhichItTravels() {
        Secrets secrets = Secrets.of(HttpUrl.get("http://u:p4ssw0rd@h/se%2Fcret1/x?k=t0k3n%20x"), List.of("ab/cd ef"));
        assertThat(secrets.maskedIn("p4ssw0rd se/cret1 se%2Fcret1 t0k3n x t0k3n%20x t0k3n+x ab/cd ef ab\\/cd ef "
                        + "ab%2Fcd+ef YWIvY2QgZWY= dTpwNHNzdzByZA== /x"))
                .isEqualTo("*** *** *** *** *** *** *** *** *** *** *** /x");
    }

    @Test
    void leavesNoRestOfASecretThatBeginsAsAnother() {
        assertThat(Secrets.of(List.of("abcdef", "abcdefgh")).maskedIn("abcdefgh"))
                .isEqualTo("***");
    }

    @Test
    void showsOneShortLine() {
        assertThat(Secrets.of(List.of()).maskedIn(" a\r\n\tb\u0000c ")).isEqualTo("a b c");
        assertThat(Secrets.of(List.of()).maskedIn("x".repeat(400))).hasSize(304);
    }
}
