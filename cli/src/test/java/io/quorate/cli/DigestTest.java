package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DigestTest {

    @Test
    void leavesASmallFleetAsItIs() {
        List<Finding> findings = new ArrayList<>(well(60));
        findings.addAll(missed(10, "timeout"));

        assertThat(Digest.of(findings)).isEqualTo(findings);
    }

    @Test
    void putsManyThatAreWellIntoOneLineWithAnExample() {
        assertThat(Digest.of(well(3_000)))
                .containsExactly(Finding.ok("etcd", "3000 endpoints answer, such as c0: http://m0: leader"));
    }

    @Test
    void namesTenOfEachReasonAndHowManyMoreThereAre() {
        List<Finding> findings = new ArrayList<>(missed(300, "timeout"));
        findings.addAll(missed(1, "tls"));

        List<Finding> told = Digest.of(findings);

        assertThat(told).hasSize(12);
        assertThat(told.subList(0, 10)).isEqualTo(findings.subList(0, 10));
        assertThat(told.get(10))
                .isEqualTo(Finding.miss("metrics", "and 290 more: timeout").because("timeout"));
        assertThat(told.get(11)).isEqualTo(findings.get(300));
    }

    @Test
    void keepsEveryOneThatIsAlikeToNoOther() {
        List<Finding> findings = IntStream.range(0, 100)
                .mapToObj(i -> Finding.miss("kafka", "broker " + i))
                .toList();

        assertThat(Digest.of(findings)).isEqualTo(findings);
    }

    private static List<Finding> well(int count) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        Finding.ok("etcd c" + i, "http://m" + i + ": leader").alikeTo("endpoints answer"))
                .toList();
    }

    private static List<Finding> missed(int count, String reason) {
        return IntStream.range(0, count)
                .mapToObj(i -> Finding.miss("metrics c" + i, "cannot be asked").because(reason))
                .toList();
    }
}
