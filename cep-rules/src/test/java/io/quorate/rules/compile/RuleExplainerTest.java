package io.quorate.rules.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What rules of every kind do, in words, held to golden files; those that ship have pages in docs/rules that are held to them. */
class RuleExplainerTest {

    static Stream<Arguments> good() throws Exception {
        return RuleReader.folder(Path.of(Objects.requireNonNull(RuleExplainerTest.class.getResource("/good"))
                        .toURI()))
                .stream()
                .flatMap(RuleExplainerTest::underItsProfiles);
    }

    private static Stream<Arguments> underItsProfiles(Rule rule) {
        Set<String> profiles = new TreeSet<>(rule.runsIn().isEmpty() ? Set.of("fleet") : rule.runsIn());
        profiles.addAll(rule.profiles().keySet());
        return profiles.stream().map(profile -> Arguments.of(rule.name(), profile, rule));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("good")
    void saysOfEveryKindOfRuleWhatItAlwaysSaid(String name, String profile, Rule rule) throws Exception {
        assertThat(RuleExplainer.explain(rule, profile)).isEqualTo(golden(name, profile));
    }

    @Test
    void saysWhereARuleDoesNotRun() {
        Rule storm = RuleReader.shipped("EtcdElectionStorm");

        assertThat(RuleExplainer.explain(storm, "mixin"))
                .contains("\n  does not run in this profile; it runs in fleet, lab, prd, strict\n");
    }

    private static String golden(String name, String profile) throws Exception {
        String golden = "/golden/" + name + "." + profile + ".txt";
        try (InputStream in = RuleExplainerTest.class.getResourceAsStream(golden)) {
            assertThat(in).as(golden).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
