package io.quorate.simulator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of a service time by calculation, against what is drawn from it. */
class ServiceTimeTest {

    private static final int DRAWN = 1_000_000;

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.9, 0.95, 0.99, 0.999})
    void drawsHaveTheQuantilesThatAreCalculated(double q) {
        ServiceTime time = ClusterShape.FSYNC;
        RandomStream random = new RandomStream(7);
        double[] drawn = new double[DRAWN];
        Arrays.setAll(drawn, i -> time.draw(random));
        Arrays.sort(drawn);

        double calculated = time.quantile(q);
        double below = Arrays.stream(drawn).filter(x -> x <= calculated).count() / (double) DRAWN;

        // Four standard errors of a share.
        assertThat(below).isCloseTo(q, within(4 * Math.sqrt(q * (1 - q) / DRAWN)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 4, 30})
    void bucketsDrawnInOneGoHoldTheSharesThatAreCalculated(double factor) {
        ServiceTime time = ClusterShape.FSYNC.times(factor);
        Tally tally = new Tally(Edges.DISK);
        Shares shares = new Shares(time, Edges.DISK, 1);
        RandomStream random = new RandomStream(7);
        for (int i = 0; i < 1000; i++) {
            tally.draw(DRAWN / 1000, shares, random);
        }

        assertThat(tally.total()).isEqualTo(DRAWN);
        double below = 0;
        for (int i = 0; i < Edges.DISK.length; i++) {
            below += tally.count(i);
            double share = time.share(Edges.DISK[i]);
            double error = 5 * Math.sqrt(share * (1 - share) / DRAWN) + 1e-6;
            assertThat(below / DRAWN).as("up to %s s", Edges.DISK[i]).isCloseTo(share, within(error));
        }
        assertThat(tally.sum() / DRAWN).isCloseTo(time.mean(), within(time.mean() * 0.01));
    }

    @Test
    void oneByOneAndInOneGoAreTheSameDistribution() {
        ServiceTime time = ClusterShape.COMMIT;
        Tally oneByOne = new Tally(Edges.DISK);
        Tally inOneGo = new Tally(Edges.DISK);
        RandomStream random = new RandomStream(11);
        for (int i = 0; i < DRAWN; i++) {
            oneByOne.observe(time.draw(random));
        }
        inOneGo.draw(DRAWN, new Shares(time, Edges.DISK, 1), random);

        for (int i = 0; i <= Edges.DISK.length; i++) {
            double share = oneByOne.count(i) / (double) DRAWN;
            assertThat(inOneGo.count(i) / (double) DRAWN)
                    .isCloseTo(share, within(6 * Math.sqrt(share * (1 - share) / DRAWN) + 1e-5));
        }
        assertThat(inOneGo.sum()).isCloseTo(oneByOne.sum(), within(oneByOne.sum() * 0.02));
    }

    @Test
    void knowsTheNormalDistribution() {
        assertThat(Normal.below(0)).isCloseTo(0.5, within(1e-15));
        assertThat(Normal.below(1.959963984540054)).isCloseTo(0.975, within(1e-14));
        assertThat(Normal.below(-3)).isCloseTo(0.0013498980316301, within(1e-15));
        assertThat(Normal.below(8)).isCloseTo(1, within(1e-14));
    }

    @Test
    void countsHaveTheMeansAndSpreadsOfTheirDistributions() {
        RandomStream random = new RandomStream(3);
        for (double mean : new double[] {0.3, 7, 29, 31, 4000}) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < 100_000; i++) {
                long drawn = random.poisson(mean);
                sum += drawn;
                squares += (drawn - mean) * (drawn - mean);
            }
            assertThat(sum / 100_000).isCloseTo(mean, within(5 * Math.sqrt(mean / 100_000)));
            assertThat(squares / 100_000).isCloseTo(mean, within(mean * 0.03));
        }
        for (double p : new double[] {0.001, 0.2, 0.7, 0.999}) {
            double sum = 0;
            for (int i = 0; i < 100_000; i++) {
                sum += random.binomial(50, p);
            }
            assertThat(sum / 100_000).isCloseTo(50 * p, within(5 * Math.sqrt(50 * p * (1 - p) / 100_000)));
        }
    }
}
