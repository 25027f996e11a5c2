package io.quorate.rules.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each shipped rule does, in words, held to a golden file, so that a change of a rule is read as one. */
class RuleExplainerTest {

    static Stream<Arguments> rulesAndProfiles() {
        return RuleReader.shipped().stream()
                .flatMap(rule -> Stream.of("fleet", "lab").map(profile -> Arguments.of(rule, profile)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rulesAndProfiles")
    void saysWhatItAlwaysSaid(Rule rule, String profile) throws Exception {
        String golden = "/golden/" + rule.name() + "." + profile + ".txt";
        try (InputStream in = RuleExplainerTest.class.getResourceAsStream(golden)) {
            assertThat(in).as(golden).isNotNull();
            assertThat(RuleExplainer.explain(rule, profile))
                    .isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
