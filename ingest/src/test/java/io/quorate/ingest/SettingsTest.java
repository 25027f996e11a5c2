package io.quorate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.ingest.etcd.EtcdSettings;
import io.quorate.ingest.etcd.EtcdSource;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.ingest.prometheus.PrometheusSource;
import io.quorate.ingest.transport.BasicLogin;
import io.quorate.ingest.transport.BearerToken;
import io.quorate.ingest.transport.Tls;
import io.quorate.ingest.transport.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void takeDefaults() {
        PrometheusSettings prometheus = PrometheusSettings.of("http://p:9090");
        assertThat(prometheus.selector()).isEqualTo("{job=~\".*etcd.*\"}");
        assertThat(prometheus.clusterLabel()).isEqualTo("cluster");
        assertThat(prometheus.interval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(prometheus.timeout()).isEqualTo(Duration.ofSeconds(5));
        EtcdSettings etcd = EtcdSettings.of("c", List.of("http://e:2379"));
        assertThat(etcd.interval()).isEqualTo(SECOND);
        assertThat(etcd.deadline()).isEqualTo(Duration.ofMillis(500));
        assertThat(etcd.memberListInterval()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void nameEveryBadKeyOfPrometheus() {
        assertThatThrownBy(() -> new PrometheusSettings(
                        "p:9090",
                        "etcd",
                        "a-b",
                        " ",
                        "1x",
                        SECOND,
                        SECOND.plusMillis(1),
                        Transport.PLAIN,
                        List.of("x y")))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains(
                        "ingest.prometheus.url: no address",
                        "ingest.prometheus.selector: etcd is none",
                        "ingest.prometheus.cluster-label: a-b",
                        "ingest.prometheus.member-label: 1x",
                        "ingest.prometheus.drop-labels: x y",
                        "ingest.prometheus.cluster: is blank",
                        "ingest.prometheus.timeout: 1001ms, expected more than 0 and at most the interval of 1000ms");
    }

    @Test
    void refuseUsersInAddressesWithoutRepeatingThem() {
        assertThatThrownBy(() -> PrometheusSettings.of("http://me:s3cret@p:9090"))
                .hasMessageContaining("bearer-token-file")
                .message()
                .doesNotContain("s3cret");
        for (String endpoint : List.of("http://me:s3cret@e:2379", "http://me:s3cret @e:2379", "me:s3cret@e:2379")) {
            assertThatThrownBy(() -> EtcdSettings.of("c", List.of(endpoint)))
                    .hasMessageContaining("tls.certificate")
                    .message()
                    .doesNotContain("s3cret");
        }
    }

    @Test
    void refusePortsThatAreNone() {
        assertThatThrownBy(() -> PrometheusSettings.of("http://p:70000")).hasMessageContaining("no address");
        assertThatThrownBy(() -> EtcdSettings.of("c", List.of("http://e:70000")))
                .hasMessageContaining("http://host:port");
    }

    @Test
    void neverShowAToken() throws Exception {
        PrometheusSettings settings = new PrometheusSettings(
                "http://p:9090",
                "{}",
                "cluster",
                null,
                null,
                SECOND,
                SECOND,
                Transport.of(BearerToken.of("s3cret")),
                List.of());
        assertThat(settings.toString()).contains("***").doesNotContain("s3cret");
        assertThat(BearerToken.of("s3cret").header().current()).isEqualTo("Bearer s3cret");
        assertThat(Transport.of(BasicLogin.of("me", "s3cret")).toString()).doesNotContain("s3cret");
        assertThat(BearerToken.of("s3cret")).isEqualTo(BearerToken.of("s3cret")).isNotEqualTo(BearerToken.of("other"));
    }

    @Test
    void refuseATokenThatWouldBreakTheHeader(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "s3cret\nmore");
        assertThatThrownBy(() -> BearerToken.inFile(file.toString()).header().current())
                .hasMessageContaining("expected one line of ASCII")
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void nameEveryBadKeyOfEtcd() {
        assertThatThrownBy(() -> new EtcdSettings(
                        "",
                        List.of("e:2379", "http://e", "http://e:1", "http://e:1"),
                        SECOND,
                        Duration.ZERO,
                        Duration.ofMillis(10),
                        Transport.of(Tls.trusting("ca.pem")),
                        Map.of()))
                .message()
                .contains(
                        "ingest.etcd.cluster: is blank",
                        "ingest.etcd.endpoints[0]: e:2379 is none",
                        "ingest.etcd.endpoints[1]: http://e is none",
                        "ingest.etcd.endpoints[3]: http://e:1 stands twice",
                        "ingest.etcd.tls: is given, but no endpoint is https",
                        "ingest.etcd.deadline: 0ms",
                        "ingest.etcd.member-list-interval: 10ms");
        assertThatThrownBy(() -> new Tls(null, "c.pem", null, null, false)).hasMessageContaining("belong together");
    }

    @Test
    void travelWithTheirSources() throws Exception {
        assertThat(InstantiationUtil.isSerializable(
                        new PrometheusSource(List.of(PrometheusSettings.of("http://p:9090")))))
                .isTrue();
        assertThat(InstantiationUtil.isSerializable(
                        new EtcdSource(List.of(EtcdSettings.of("c", List.of("http://e:2379"))))))
                .isTrue();
        assertThatThrownBy(() -> new PrometheusSource(
                        List.of(PrometheusSettings.of("http://p:9090"), PrometheusSettings.of("http://p:9090"))))
                .hasMessageContaining("stands twice");
    }
}
