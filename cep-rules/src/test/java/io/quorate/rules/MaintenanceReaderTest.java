package io.quorate.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaintenanceReaderTest {

    private static final Map<String, String> DEV = Map.of("env", "dev");

    @Test
    void lastsFromOneMomentUntilJustBeforeTheOther() throws Exception {
        Maintenance once = one("from: 2026-03-01T02:00:00Z, to: 2026-03-01T04:00Z");

        assertThat(end(once, "2026-03-01T01:59:59Z")).isNull();
        assertThat(end(once, "2026-03-01T02:00:00Z")).isEqualTo("2026-03-01T04:00:00Z");
        assertThat(end(once, "2026-03-01T03:59:59Z")).isEqualTo("2026-03-01T04:00:00Z");
        assertThat(end(once, "2026-03-01T04:00:00Z")).isNull();
    }

    @Test
    void comesEveryWeek() throws Exception {
        Maintenance weekly = one("every: 'sat 02:00..04:00'");

        // Two Saturdays.
        assertThat(end(weekly, "2026-03-07T03:00:00Z")).isEqualTo("2026-03-07T04:00:00Z");
        assertThat(end(weekly, "2026-03-14T02:00:00Z")).isEqualTo("2026-03-14T04:00:00Z");
        assertThat(end(weekly, "2026-03-08T03:00:00Z")).as("a Sunday").isNull();
        assertThat(end(weekly, "2026-03-07T04:00:00Z")).isNull();
    }

    @Test
    void mayEndOnTheNextDay() throws Exception {
        Maintenance overnight = one("every: 'sun 23:00..01:30'");

        assertThat(end(overnight, "2026-03-08T23:30:00Z")).isEqualTo("2026-03-09T01:30:00Z");
        assertThat(end(overnight, "2026-03-09T01:00:00Z")).isEqualTo("2026-03-09T01:30:00Z");
        assertThat(end(overnight, "2026-03-08T01:00:00Z")).isNull();
    }

    @Test
    void isAboutTheClustersThatItNames() throws Exception {
        Maintenance one = list("maintenance: [ { maintenance: nights, where: { env: dev, cluster: c1 },"
                        + " from: 2026-03-01T02:00:00Z, to: 2026-03-01T04:00:00Z } ]")
                .get(0);
        Instant within = Instant.parse("2026-03-01T03:00:00Z");

        assertThat(one.endFor("c1", DEV, within)).isNotNull();
        assertThat(one.endFor("c2", DEV, within)).isNull();
        assertThat(one.endFor("c1", Map.of("env", "prod"), within)).isNull();
        assertThat(one.endFor("c1", Map.of(), within)).isNull();
    }

    @Test
    void tellsEveryProblemOfEveryOneWithItsLine() {
        InvalidYaml problems = catchThrowableOfType(InvalidYaml.class, () -> list("""
                maintenance:
                  - { maintenance: Nights, where: { env: dev }, every: "sat 02:00..04:00" }
                  - { maintenance: never, where: { env: dev } }
                  - { maintenance: both, where: { env: dev }, every: "sat 02:00..04:00", to: 2026-03-01T04:00:00Z }
                  - { maintenance: half, where: { env: dev }, from: 2026-03-01T04:00:00Z }
                  - { maintenance: back, where: { env: dev }, from: 2026-03-02T04:00:00Z, to: 2026-03-01T04:00:00Z }
                  - { maintenance: feb, where: { env: dev }, from: 2026-02-01T04:00:00Z, to: 2026-02-31T04:00:00Z }
                  - { maintenance: none, where: { env: dev }, every: "sat 02:00..02:00" }
                  - { maintenance: odd, where: { env: dev }, every: "saturday night" }
                  - { maintenance: one-member, where: { member: m1 }, every: "sat 02:00..04:00" }
                  - { maintenance: one-member, where: { env: dev }, every: "sat 02:00..04:00" }
                  - { maintenance: one-member, where: { env: dev }, every: "sat 02:00..04:00" }
                """));

        assertThat(problems.getMessage()
                        .lines()
                        .map(line -> line.replaceAll("\\x1b", ""))
                        .toList())
                .anyMatch(line -> line.contains(":2: ") && line.contains("kebab-case"))
                .anyMatch(line -> line.contains(":3: it says no time; expected from and to, or every"))
                .anyMatch(line -> line.contains(":4: 'every' stands beside 'from' or 'to'"))
                .anyMatch(line -> line.contains(":5: 'to' is missing"))
                .anyMatch(line -> line.contains(":6: 'to' is not after 'from'"))
                .anyMatch(line -> line.contains(":7: no moment that ever comes"))
                .anyMatch(line -> line.contains(":8: it ends when it begins"))
                .anyMatch(line -> line.contains(":9: ") && line.contains("like sat 02:00..04:00"))
                .anyMatch(line -> line.contains(":10: 'member' in a maintenance; expected clusters"))
                .anyMatch(line -> line.contains("a second maintenance 'one-member'; expected each name once"));
    }

    private static Maintenance one(String when) throws InvalidYaml {
        return list("maintenance: [ { maintenance: nights, where: { env: dev }, " + when + " } ]")
                .get(0);
    }

    private static List<Maintenance> list(String yaml) throws InvalidYaml {
        return MaintenanceReader.list(YamlFile.parse("quorate.yaml", yaml), "/maintenance");
    }

    private static String end(Maintenance maintenance, String moment) {
        Instant end = maintenance.endFor("c1", DEV, Instant.parse(moment));
        return end == null ? null : end.toString();
    }
}
