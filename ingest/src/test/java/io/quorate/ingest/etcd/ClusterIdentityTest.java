package io.quorate.ingest.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClusterIdentityTest {

    private final ClusterIdentity identity = new ClusterIdentity();

    @Test
    void isUnknownWhileNobodyAnswered() {
        assertThat(identity.clusterId(0)).isNull();
    }

    @Test
    void isWhatMostEndpointsSayThoughTheStrangerSpeaksLast() {
        heard("1", "a", 0);
        heard("2", "a", 1);
        heard("3", "b", 2);

        assertThat(at(3)).isEqualTo("a");
    }

    @Test
    void isTheOneKnownLongestAtATie() {
        heard("1", "b", 0);
        heard("2", "a", 1);
        heard("1", "b", 2);

        assertThat(at(3)).isEqualTo("b");
    }

    @Test
    void followsAClusterThatIsBuiltAnewOnceMostOfItIs() {
        heard("1", "a", 0);
        heard("2", "a", 0);
        heard("3", "a", 0);
        heard("1", "b", 10);
        assertThat(at(10)).isEqualTo("a");

        heard("2", "b", 20);
        assertThat(at(20)).isEqualTo("b");
    }

    @Test
    void followsTheOnlyEndpointWhateverItSays() {
        heard("1", "a", 0);
        heard("1", "b", 1);

        assertThat(at(1)).isEqualTo("b");
    }

    @Test
    void asksNotForEverWhomNobodyHearsAnyMore() {
        heard("1", "a", 0);
        heard("2", "a", 0);
        heard("1", "b", 100);
        assertThat(at(100)).isEqualTo("a");

        heard("1", "b", 301);
        assertThat(at(301)).isEqualTo("b");
    }

    private void heard(String endpoint, String clusterId, long second) {
        identity.heard(endpoint, clusterId, TimeUnit.SECONDS.toNanos(second));
    }

    private String at(long second) {
        return identity.clusterId(TimeUnit.SECONDS.toNanos(second));
    }
}
