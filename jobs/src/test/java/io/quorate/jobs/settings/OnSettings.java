package io.quorate.jobs.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Settings that are right, and what is told of them when they are not. */
abstract class OnSettings {

    static final String GOOD = """
            ingest:
              metrics-interval: 10s
              status-interval: 1s
              prometheus:
                - url: http://prometheus.example:9090
                  selector: '{job="etcd"}'
                  timeout: 5s
                  bearer-token-file: token
                - url: https://second.example:9090
                  basic:
                    user: me
                    password-env: SET
              etcd:
                - cluster: prod
                  endpoints:
                    - https://etcd-1.example:2379
                    - https://etcd-2.example:2379
                  deadline: 500ms
                  member-list-interval: 10s
                  tls:
                    ca: ca.pem
                    certificate: client.pem
                    key: key.pem
                    server-name: etcd.example
                  user: watcher
                  password-file: etcd-password
                - cluster: other
                  endpoints: [https://etcd-3.example:2379]
                  proxy: http://proxy.example:3128
                  tls:
                    insecure: true
            percentiles:
              window: 10s
              horizon: 90s
              early: 2s
              groups: [region, "region,az"]
            rules:
              profile: fleet
            alerting:
              receivers:
                - webhook:
                    url: https://pages.example/hook
                    timeout: 5s
                    send-resolved: true
            kafka:
              bootstrap: kafka-1.example:9092
              partitions: 12
              idle-after: 30s
            clickhouse:
              url: http://clickhouse.example:8123
              user: quorate
              password-file: password
              keep:
                minutes: 90d
            flink:
              checkpoint-interval: 10s
              checkpoint-dir: file:///checkpoints
            desk:
              flink-port: 0
            """;

    @TempDir
    Path folder;

    /** One and no other, and it repeats no secret. */
    YamlProblem onlyProblem(String yaml) {
        List<YamlProblem> problems = problems(yaml);
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).message()).doesNotContain("s3cret");
        return problems.get(0);
    }

    List<YamlProblem> problems(String yaml) {
        InvalidYaml problem = catchThrowableOfType(InvalidYaml.class, () -> read(yaml));
        assertThat(problem).as("must be refused").isNotNull();
        return problem.problems();
    }

    Settings read(String yaml) throws Exception {
        for (String name : List.of("token", "password", "etcd-password", "ca.pem", "client.pem", "key.pem")) {
            Files.writeString(folder.resolve(name), "in-" + name + "\n");
        }
        Files.writeString(folder.resolve("empty"), "\n");
        Files.writeString(folder.resolve("two-lines"), "s3cret\ns3cret\n");
        Path file = folder.resolve("quorate.yaml");
        Files.writeString(file, yaml);
        return SettingsReader.read(file, variable -> variable.equals("SET") ? "s3cret" : null);
    }
}
