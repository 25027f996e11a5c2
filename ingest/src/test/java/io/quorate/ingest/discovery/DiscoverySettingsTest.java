package io.quorate.ingest.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.ingest.poll.Found;
import io.quorate.ingest.poll.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscoverySettingsTest {

    private static final String TWO_CLUSTERS = """
            - targets: [h1:2379, h2:2379]
              labels: { cluster: orders, env: prod, member: m1, job: etcd, __scheme__: https }
            - targets: [h3:2379]
              labels: { cluster: orders, env: prod, member: m3 }
            - targets: ['[fd00::1]:2379']
              labels: { cluster: users }
            - targets: [h4:2379, no-port, 'http://h5:2379']
              labels: { env: dev }
            """;

    @TempDir
    Path folder;

    @Test
    void putsTheMembersOfAClusterTogetherWithTheLabelsOnWhichTheyAgree() throws Exception {
        Found found = settings(new Naming("cluster", null, null, "http", 0))
                .clusters()
                .find();

        assertThat(found.targets())
                .containsExactly(
                        new Target(
                                "orders",
                                name(),
                                List.of("http://h3:2379", "https://h1:2379", "https://h2:2379"),
                                Map.of("cluster", "orders", "env", "prod")),
                        new Target("users", name(), List.of("http://[fd00::1]:2379"), Map.of("cluster", "users")));
        assertThat(found.problems())
                .singleElement()
                .asString()
                .startsWith("3 targets are no host:port with the label cluster")
                .endsWith("such as h4:2379, http://h5:2379, no-port");
    }

    @Test
    void namesMembersByTheirLabelOrTheirAddress() throws Exception {
        Found found = settings(new Naming("cluster", "rest", null, "http", 2381))
                .members()
                .find();

        assertThat(found.targets())
                .extracting(Target::id)
                .contains("orders/m1", "orders/m3", "users/[fd00::1]:2379", "rest/h4:2379", "rest/no-port");
        assertThat(found.targets().get(2))
                .isEqualTo(new Target(
                        "orders/m3",
                        name(),
                        List.of("http://h3:2381/metrics"),
                        Map.of("cluster", "orders", "member", "m3")));
    }

    @Test
    void givesTheLabelsOnWhichAllMembersAgreeToTheFirstOfThem() throws Exception {
        List<Target> orders = settings(new Naming("cluster", null, null, "http", 0)).members().find().targets().stream()
                .filter(target -> target.id().startsWith("orders/"))
                .toList();

        assertThat(orders)
                .extracting(target -> target.id() + " " + target.labels().get("env"))
                .containsExactly("orders/m1 prod", "orders/m1 null", "orders/m3 null");
    }

    @Test
    void doesNotTakeWhatNamesTheOnlyMemberForALabelOfItsCluster() throws Exception {
        Files.writeString(
                folder.resolve("one.yaml"),
                "[{targets: ['h1:2379'], labels: {cluster: one, pod: etcd-0, member: m1, node: n1, env: dev}}]");
        DiscoverySettings settings = new DiscoverySettings(
                new FileGroups(List.of(folder.resolve("one.yaml").toString())),
                new Naming("cluster", null, "node", "http", 0),
                DiscoverySettings.INTERVAL);

        assertThat(settings.members().find().targets().get(0).labels())
                .isEqualTo(Map.of("cluster", "one", "member", "n1", "env", "dev"));
    }

    private DiscoverySettings settings(Naming naming) throws Exception {
        Files.writeString(folder.resolve("t.yaml"), TWO_CLUSTERS);
        return new DiscoverySettings(
                new FileGroups(List.of(folder.resolve("t.yaml").toString())), naming, DiscoverySettings.INTERVAL);
    }

    private String name() {
        return "files " + folder.resolve("t.yaml");
    }
}
