package io.quorate.jobs.alerting.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.jobs.alerting.routes.LabelMatcher.Op;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelMatcherTest {

    private static final Map<String, String> STORM =
            Map.of("alertname", "EtcdElectionStorm", "severity", "critical", "env", "prod");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{severity=\"critical\",env=~\"dev|test\"}",
                "severity=\"critical\",env=~\"dev|test\"",
                " { severity = critical , env =~ dev|test , } ",
                "\"severity\"=\"critical\",env=~\"dev|test\"",
            })
    void readsWithOrWithoutBracesQuotesAndBlanks(String text) {
        assertThat(LabelMatcher.parse(text))
                .containsExactly(
                        new LabelMatcher("severity", Op.IS, "critical"),
                        new LabelMatcher("env", Op.MATCHES, "dev|test"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "  "})
    void readsNoMatchersWhereThereAreNone(String text) {
        assertThat(LabelMatcher.parse(text)).isEmpty();
    }

    @Test
    void readsWhatItWrites() {
        List<LabelMatcher> all = List.of(
                new LabelMatcher("a", Op.IS, "q\" b\\ n\n, } {"),
                new LabelMatcher("node role", Op.IS_NOT, ""),
                new LabelMatcher("b", Op.MATCHES, "x.*"),
                new LabelMatcher("c", Op.MATCHES_NOT, "\\\\d+"));

        assertThat(LabelMatcher.text(all)).startsWith("{a=\"q\\\" b\\\\ n\\n, } {\",\"node role\"!=\"\",b=~\"x.*\"");
        assertThat(LabelMatcher.parse(LabelMatcher.text(all))).isEqualTo(all);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '^',
            value = {
                "severity                # at character 9: after 'severity' expected =, !=, =~ or !~",
                "severity=               # at character 10: no value after 'severity='",
                "a=1 b=2                 # at character 5: expected a comma or the end",
                "a=\"1                   # at character 3: the quote is not closed",
                "a=\"\\d\"               # at character 4: expected \\\\, \\\" or \\n after a backslash",
                "{a=1                    # at character 5: the brace is not closed",
                "{a=1} b                 # at character 7: expected nothing after the matchers",
                "a=1}                    # at character 4: expected a comma or the end",
                ",a=1                    # at character 1: no label",
                "a=~\"(\"                 # at character 4: '(' is no regular expression",
                "a=~\"(?=x)\"             # is no regular expression",
            })
    void saysWhereAListIsWrongAndWhatWasExpected(String text, String told) {
        assertThatThrownBy(() -> LabelMatcher.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("matchers " + text)
                .hasMessageContaining(told)
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '^',
            value = {
                "severity=critical # true",
                "severity=crit # false",
                "severity!=critical # false",
                "alertname=~Etcd.* # true",
                "alertname=~Election # false",
                "alertname!~\".*Storm\" # false",
                "region=\"\" # true",
                "region!=\"\" # false",
                "region=~\".+\" # false",
                "region!~eu # true",
            })
    void comparesTheWholeValueAndTakesAbsentForEmpty(String text, boolean matches) {
        assertThat(LabelMatcher.parse(text)).allMatch(matcher -> matcher.matches(STORM) == matches);
    }
}
