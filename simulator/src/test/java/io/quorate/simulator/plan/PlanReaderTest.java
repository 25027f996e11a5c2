package io.quorate.simulator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.simulator.model.Release;
import org.junit.jupiter.api.Test;

class PlanReaderTest {

    @Test
    void aPlanMaySayNothingAndIsHealthyThen() throws Exception {
        Plan plan = Plan.read("p.yaml", "schema: plan/v1\n");

        assertThat(plan.clusters()).isEqualTo(1);
        assertThat(plan.shape().members()).isEqualTo(3);
        assertThat(plan.shape().release()).isEqualTo(Release.V3_5);
        assertThat(plan.shape().preVote()).isTrue();
        assertThat(plan.faults()).isEmpty();
        assertThat(plan.collector()).isEqualTo(Collector.DEFAULT);
    }

    @Test
    void readsEveryWord() throws Exception {
        Plan plan = Plan.read("p.yaml", """
                schema: plan/v1
                name: all
                fleet:
                  clusters: 4
                  members: 5
                  prefix: eu-
                  etcd: "3.4"
                  metrics: basic
                  pre-vote: true
                  election-timeout: 2s
                  heartbeat: 200ms
                  quota: 8GiB
                  compact-every: 1m
                  load: { puts: 100, workers: 9, value: 1KiB, keys: 50, ranges: 3, others: 1, watchers: 2 }
                  disk: { times: 2 }
                  labels: { storage-class: [ssd, hdd] }
                collector: { scrape: 15s, status: 2s, replicas: 2, late: 3s }
                faults:
                  - fault: disk-slow
                    times: 30
                    at: 10s
                    for: 1m
                    repeat: 3
                    apart: 5m
                    target: { cluster: eu-*, member: all, labels: { az: b, storage-class: hdd } }
                  - { fault: clock-skew, offset: -30s, at: 0s, for: 10s }
                """);

        assertThat(plan.faults()).hasSize(4);
        Fault third = plan.faults().get(2);
        assertThat(third.at()).isEqualTo(610_000_000);
        assertThat(third.lasts()).isEqualTo(60_000_000);
        assertThat(third.number("times", 1)).isEqualTo(30);
        assertThat(third.target().labels()).containsEntry("az", "b").containsEntry("storage-class", "hdd");
        assertThat(plan.faults().get(3).number("offset", 0)).isEqualTo(-30);
        assertThat(plan.shape().quotaBytes()).isEqualTo(8L << 30);
        assertThat(plan.collector()).isEqualTo(new Collector(15_000_000, 2_000_000, 2, 3_000_000));
    }

    @Test
    void tellsEveryProblemWithItsLine() {
        InvalidPlan invalid = catchThrowableOfType(InvalidPlan.class, () -> Plan.read("bad.yaml", """
                        schema: plan/v2
                        fleet:
                          etcd: "2.3"
                          quota: much
                          colour: red
                        faults:
                          - { fault: earthquake, at: 3s }
                          - { fault: pause, target: { member: boss } }
                          - { fault: disk-slow, at: soon, for: 3s }
                        """));

        assertThat(invalid.problems())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("bad.yaml:1: schema: expected plan/v1"),
                        line -> assertThat(line).startsWith("bad.yaml:3: etcd: 2.3 is not modelled"),
                        line -> assertThat(line).startsWith("bad.yaml:4: quota: much, expected a size"),
                        line -> assertThat(line).startsWith("bad.yaml:5: colour: is unknown, expected one of clusters"),
                        line -> assertThat(line)
                                .startsWith("bad.yaml:7: fault: earthquake is unknown, expected one of"),
                        line -> assertThat(line).startsWith("bad.yaml:8: pause: no at"),
                        line -> assertThat(line).startsWith("bad.yaml:8: pause: no for"),
                        line -> assertThat(line).startsWith("bad.yaml:8: member: boss, expected leader"),
                        line -> assertThat(line).startsWith("bad.yaml:9: disk-slow: neither times nor"),
                        line -> assertThat(line).startsWith("bad.yaml:9: at: soon, expected a duration"));
    }

    @Test
    void tellsWhereItIsNoYaml() {
        InvalidPlan invalid =
                catchThrowableOfType(InvalidPlan.class, () -> Plan.read("bad.yaml", "schema: plan/v1\nfaults: [\n"));

        assertThat(invalid.problems()).singleElement().asString().matches("bad\\.yaml:\\d+: no YAML: .*");
    }
}
