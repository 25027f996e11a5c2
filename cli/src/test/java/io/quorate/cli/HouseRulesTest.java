package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.quorate.testkit.HouseRules;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the whole product to the house rules, and each rule to a class that breaks it on purpose. */
class HouseRulesTest {

    private static final HouseRules HOUSE = new HouseRules("io.quorate");
    private static final HouseRules PROVING_GROUND = new HouseRules("io.quorate.violators");

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(HOUSE.root());
    private static final JavaClasses VIOLATORS = new ClassFileImporter().importPackages(PROVING_GROUND.root());

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void theProductKeeps(ArchRule rule) {
        rule.check(PRODUCT);
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("bites")
    void eachRuleBites(ArchRule rule, String violator, String says) {
        List<String> broken = rule.evaluate(VIOLATORS).getFailureReport().getDetails();

        assertThat(broken).anySatisfy(line -> assertThat(line).contains("violators." + violator, says));
    }

    @Test
    void noRuleIsWithoutAViolator() {
        assertThat(bites().map(bite -> described(bite.get()[0])))
                .containsOnlyOnceElementsOf(described(PROVING_GROUND.all()));
    }

    @Test
    void seesEveryModuleOfTheHouseAndNoViolator() {
        assertThat(PRODUCT.stream().map(HouseRulesTest::module).distinct())
                .containsExactlyInAnyOrder(
                        "events", "testkit", "desk", "ingest", "rules", "sinks", "jobs", "simulator", "cli");
    }

    @Test
    void theEtcdSourceMayUseTheEtcdClientAndTheSimulatorsEtcdFaceMayAnswerButNoOtherFace() {
        assertThat(PROVING_GROUND
                        .etcdClientStaysInItsSource()
                        .evaluate(VIOLATORS)
                        .getFailureReport()
                        .getDetails())
                .noneMatch(line -> line.contains("ingest.etcd.Asks"))
                .noneMatch(line -> line.contains("simulator.etcd.Answers"))
                .anyMatch(line -> line.contains("simulator.face.AnswersToo"));
    }

    static List<ArchRule> rules() {
        return HOUSE.all();
    }

    static Stream<Arguments> bites() {
        HouseRules rules = PROVING_GROUND;
        return Stream.of(
                arguments(rules.eventsKnowOnlyTheJdkAndJackson(), "events.ReadsPicocli", "picocli.CommandLine"),
                arguments(rules.ingestSeesOnlyEvents(), "ingest.WritesToSinks", "sinks.AsksRules"),
                arguments(rules.rulesSeeOnlyEvents(), "rules.AsksIngest", "ingest.etcd.Asks"),
                arguments(rules.sinksSeeOnlyEvents(), "sinks.AsksRules", "rules.AsksIngest"),
                arguments(rules.jobsSeeNeitherDeskNorCli(), "jobs.StartsTheDesk", "desk.CallsTheConsole"),
                arguments(rules.simulatorSeesOnlyEvents(), "simulator.SharesTheIngest", "ingest.etcd.Asks"),
                arguments(rules.deskSeesNoOtherModule(), "desk.CallsTheConsole", "console.Page"),
                arguments(rules.testkitIsForTestsOnly(), "cli.ShipsAFake", "testkit.Fake"),
                arguments(rules.flinkStaysWhereStreamsAre(), "desk.StreamsByFlink", "org.apache.flink"),
                arguments(rules.etcdClientStaysInItsSource(), "ingest.prometheus.CallsEtcd", "io.grpc.Deadline"),
                arguments(rules.jdbcStaysWithClickHouse(), "sinks.receivers.KeepsItsOwnTable", "java.sql.Connection"),
                arguments(rules.packagesHaveNoCycles(), "jobs.percentiles.NeedsDetection", "Slice jobs.detection"),
                arguments(rules.namesSayWhatAThingIs(), "jobs.StreamUtils", "has name matching"),
                arguments(rules.onlyTheCommandPrints(), "sinks.Prints", "java.lang.System.out"),
                arguments(rules.timeIsJavaTime(), "jobs.KeepsADate", "java.sql.Timestamp"),
                arguments(rules.kotlinStaysInside(), "sinks.SpeaksKotlin", "kotlin.Unit"));
    }

    private static List<String> described(List<ArchRule> rules) {
        return rules.stream().map(ArchRule::getDescription).toList();
    }

    private static String described(Object rule) {
        return ((ArchRule) rule).getDescription();
    }

    private static String module(JavaClass type) {
        return type.getPackageName().split("\\.")[2];
    }
}
