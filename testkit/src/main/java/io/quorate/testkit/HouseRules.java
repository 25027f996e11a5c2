package io.quorate.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.List;

/**
 * Who may know whom, as rules over the packages below {@code root}. The root is a parameter so that a folder of deliberate violators,
 * laid out as the house is, can prove that each rule bites.
 */
public record HouseRules(String root) {

    private static final String NAMES_THAT_SAY_NOTHING = ".*(Utils?|Helper|Impl|Manager|Common)";

    public List<ArchRule> all() {
        return List.of(
                eventsKnowOnlyTheJdkAndJackson(),
                ingestSeesOnlyEvents(),
                rulesSeeOnlyEvents(),
                sinksSeeOnlyEvents(),
                jobsSeeNeitherDeskNorCli(),
                simulatorSeesOnlyEvents(),
                deskSeesNoOtherModule(),
                testkitIsForTestsOnly(),
                flinkStaysWhereStreamsAre(),
                etcdClientStaysInItsSource(),
                jdbcStaysWithClickHouse(),
                packagesHaveNoCycles(),
                namesSayWhatAThingIs(),
                onlyTheCommandPrints(),
                timeIsJavaTime(),
                kotlinStaysInside());
    }

    public ArchRule eventsKnowOnlyTheJdkAndJackson() {
        return classes()
                .that()
                .resideInAPackage(in("events"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(in("events"), "java..", "com.fasterxml.jackson..", "org.jspecify..")
                .because("whoever reads a topic, with or without Flink, must be able to take the events alone");
    }

    public ArchRule ingestSeesOnlyEvents() {
        return seesOnly("ingest", "events")
                .because("sources, rules and sinks meet in jobs alone, so that each can be changed by itself");
    }

    public ArchRule rulesSeeOnlyEvents() {
        return seesOnly("rules", "events").because("a rule speaks of events, not of where they come from or go to");
    }

    public ArchRule sinksSeeOnlyEvents() {
        return seesOnly("sinks", "events")
                .because("a way out must serve any job, and a console that knows no Flink source");
    }

    public ArchRule jobsSeeNeitherDeskNorCli() {
        return seesOnly("jobs", "events", "ingest", "rules", "sinks")
                .because("a job runs on a cluster, where there is neither a desk nor a terminal");
    }

    public ArchRule simulatorSeesOnlyEvents() {
        return seesOnly("simulator", "events")
                .because("a measuring rod that shares code with what it measures would share its mistakes");
    }

    public ArchRule deskSeesNoOtherModule() {
        return seesOnly("desk").because("the desk starts other people's programs and needs nothing of ours to do so");
    }

    public ArchRule testkitIsForTestsOnly() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("testkit"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(in("testkit"))
                .because("what only tests need must not be shipped");
    }

    public ArchRule flinkStaysWhereStreamsAre() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(in("ingest"), in("rules"), in("sinks"), in("jobs"), in("cli"), in("testkit"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.flink..")
                .because("a new version of Flink should be felt in the rooms that handle streams and nowhere else");
    }

    public ArchRule etcdClientStaysInItsSource() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(in("ingest.etcd"), in("simulator.etcd"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.etcd..", "io.grpc..")
                .because(
                        "deadlines and channels of etcd calls are easily got wrong, so they are got right in one place; and one other answers them");
    }

    public ArchRule jdbcStaysWithClickHouse() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("sinks.clickhouse"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..")
                .because("how rows are bound to the driver is known to one package; others ask it for tables");
    }

    public ArchRule packagesHaveNoCycles() {
        return slices().matching(root + ".(**)")
                .should()
                .beFreeOfCycles()
                .because("two packages that need each other are one package, or hide a third");
    }

    public ArchRule namesSayWhatAThingIs() {
        return noClasses()
                .should()
                .haveNameMatching(NAMES_THAT_SAY_NOTHING)
                .because("a name of the trade tells where a thing belongs, and a drawer for everything does not");
    }

    public ArchRule onlyTheCommandPrints() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("cli"))
                .should(ACCESS_STANDARD_STREAMS)
                .because("standard output belongs to the command; on a cluster nobody reads it");
    }

    public ArchRule timeIsJavaTime() {
        return noClasses()
                .should()
                .dependOnClassesThat(assignableTo("java.util.Date")
                        .or(assignableTo("java.util.Calendar"))
                        .or(assignableTo("java.text.DateFormat")))
                .because("the old types change under one's hands and read the machine's time zone");
    }

    public ArchRule kotlinStaysInside() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("kotlin..")
                .because("the HTTP client happens to be written in Kotlin, and our signatures must not show it");
    }

    /** Of all modules of the house, this one knows itself and those below it. */
    private ArchRule seesOnly(String module, String... below) {
        String[] known = Arrays.stream(below).map(this::in).toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(in(module))
                .should()
                .dependOnClassesThat(resideInAPackage(root + "..")
                        .and(not(resideInAPackage(in(module))))
                        .and(not(resideInAnyPackage(known))));
    }

    private String in(String module) {
        return root + "." + module + "..";
    }
}
