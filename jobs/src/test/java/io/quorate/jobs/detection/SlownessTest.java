package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.BucketVector;
import io.quorate.jobs.detection.Slowness.Reason;
import io.quorate.jobs.detection.Slowness.Verdict;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import java.util.Arrays;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;

class SlownessTest {

    private static final double[] EDGES = {0.001, 0.002, 0.004, 0.008};

    private final Rule.Regression rule =
            (Rule.Regression) RuleReader.shipped("EtcdWalFsyncRegression").condition();

    @Test
    void isCalmAtTheShareAndBreachedAboveIt() {
        BucketVector past = counts(990, 10);

        assertThat(verdict(past, counts(90, 10))).isEqualTo(Verdict.CALM);
        assertThat(verdict(past, counts(89, 10))).isEqualTo(Verdict.BREACHED);
        assertThat(verdict(past, counts(80, 9))).isEqualTo(Verdict.TOO_FEW);
    }

    @Test
    void looksBehindTheBucketThatThePastsP99LiesIn() {
        assertThat(verdict(counts(989, 11), counts(50, 50)))
                .as("p99 in (1, 2] ms")
                .isEqualTo(Verdict.CALM);
        assertThat(verdict(counts(989, 11), counts(50, 0, 50))).isEqualTo(Verdict.BREACHED);
    }

    @Test
    void judgesByTheMedianWhatLiesBelowThePastsP99() {
        BucketVector past = counts(900, 0, 0, 100);

        Slowness slowness = Slowness.of(rule, past, counts(40, 0, 60));

        assertThat(slowness.verdict()).isEqualTo(Verdict.BREACHED);
        assertThat(slowness.reason()).isEqualTo(Reason.MEDIAN);
        assertThat(slowness.beyond()).isEqualTo(new Slowness.Beyond(0.002, 60, 100));
        assertThat(verdict(past, counts(40, 60))).as("one edge").isEqualTo(Verdict.CALM);
    }

    @Test
    void findsNothingSlowerThanAPastBeyondTheLastEdge() {
        assertThat(verdict(counts(0, 0, 0, 0, 100), counts(0, 0, 0, 0, 100))).isEqualTo(Verdict.CALM);
    }

    @Test
    void writesEdgesAsPeopleSayThem() {
        assertThat(Slowness.text(0.008)).isEqualTo("8 ms");
        assertThat(Slowness.text(0.512)).isEqualTo("512 ms");
        assertThat(Slowness.text(0.1)).isEqualTo("100 ms");
        assertThat(Slowness.text(1.024)).isEqualTo("1.024 s");
        assertThat(Slowness.text(10)).isEqualTo("10 s");
    }

    @Test
    void keepsItsStateWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(MemberPast.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(RegressionEpisode.class);
    }

    private Verdict verdict(BucketVector past, BucketVector operations) {
        return Slowness.of(rule, past, operations).verdict();
    }

    private static BucketVector counts(long... counts) {
        return new BucketVector(EDGES, Arrays.copyOf(counts, EDGES.length + 1), 0);
    }
}
