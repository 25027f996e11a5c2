package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Control;
import io.quorate.events.DeadLetter;
import io.quorate.rules.Rule;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** What people say while conditions are judged: other numbers for some, other rules, and all that after a restart. */
class ControlledConditionsTest extends OnConditions {

    @Test
    void setsTheMostSpecificOverrideOfAClusterByItsLabels() throws Exception {
        Rule rule = rule("above: 100");
        open(
                List.of(rule),
                override(rule, "dev", "{ env: dev }", "{ levels: [ { severity: warning, above: 1000 } ] }"),
                override(rule, "m2", "{ member: m2 }", "{ off: true }"));
        labels(0, Map.of("env", "dev"));

        window(10, "m1", pendingProposals(500));
        window(10, "m2", pendingProposals(5000));
        silence(10);
        assertThat(alerts()).isEmpty();
        assertThat(cells()).contains("QueueLong m2 off", "QueueLong m1 evaluated");

        labels(10, Map.of("env", "prod"));
        window(20, "m1", pendingProposals(500));
        silence(20);
        assertThat(said(alerts())).containsExactly("firing 20 m1");
    }

    @Test
    void saysWhichOverrideAndWhichVersionOfTheRuleApplied() throws Exception {
        Rule rule = rule("above: 100");
        open(List.of(rule), override(rule, "low", "{ cluster: c }", "{ levels: [ { severity: info, above: 10 } ] }"));

        pending(10, 50);

        assertThat(alerts().get(0).evidence().stream().map(line -> line.what() + ": " + line.value()))
                .contains(
                        "value: 50",
                        "limit: info above 10",
                        "rule version: " + rule.version() + ", profile fleet",
                        "override: low");
    }

    @Test
    void triesAThresholdInShadowAndThenForRealWithoutWaitingForTheNextWindow() throws Exception {
        open(rule("above: 100"));
        pending(10, 50);

        say(1, Control.SHADOW, text("above: 40"));
        assertThat(alerts()).isEmpty();
        assertThat(said(shadowAlerts())).containsExactly("firing 10 m1");

        say(2, Control.ACTIVE, text("above: 40"));
        assertThat(said(alerts())).containsExactly("firing 10 m1");
        assertThat(said(shadowAlerts())).containsExactly("firing 10 m1", "resolved 10 m1");
    }

    @Test
    void refusesABrokenRuleAndKeepsTheOldOne() throws Exception {
        open(rule("above: 100"));

        say(1, Control.ACTIVE, text("above: much"));
        say(2, Control.ACTIVE, text("above: 40").replace("QueueLong", "QueueShort"));
        pending(10, 120);

        assertThat(said(alerts())).containsExactly("firing 10 m1");
        assertThat(aside(Conditions.REFUSED))
                .hasSize(2)
                .allSatisfy(letter -> assertThat(letter.reason()).isEqualTo("refused"))
                .first()
                .extracting(DeadLetter::detail)
                .asString()
                .contains("rule/QueueLong:", "'above' is \"much\"", "what was in force before still is");
    }

    @Test
    void fallsBackToTheFileWhenWhatWasSaidIsRemoved() throws Exception {
        open(rule("above: 100"));
        say(1, Control.ACTIVE, text("above: 40"));
        pending(10, 50);

        say(2, Control.REMOVED, null);

        assertThat(said(alerts())).containsExactly("firing 10 m1", "resolved 10 m1");
    }

    @Test
    void ignoresWhatWasSaidBeforeWhatItKnows() throws Exception {
        open(rule("above: 100"));
        say(2, Control.ACTIVE, text("above: 40"));
        say(1, Control.ACTIVE, text("above: 1"));

        pending(10, 20);

        assertThat(alerts()).isEmpty();
    }

    @Test
    void resolvesWhatARemovedRuleHadFired() throws Exception {
        open(rule("above: 100"));
        String other = text("above: 10").replace("QueueLong", "QueueOther");
        say("QueueOther", 1, Control.ACTIVE, other);
        pending(10, 50);
        assertThat(alerts()).hasSize(1);

        say("QueueOther", 2, Control.REMOVED, null);

        assertThat(said(alerts())).containsExactly("firing 10 m1", "resolved 10 m1");
        assertThat(alerts().get(1).evidence()).extracting("value").contains("the rule was removed");
    }

    @Test
    void resolvesWhereItWasSaidWhenARuleBecomesStable() throws Exception {
        open(parse(text("above: 100").replace("maturity: stable", "maturity: sandbox")));
        pending(10, 120);
        assertThat(said(shadowAlerts())).containsExactly("firing 10 m1");

        say(1, Control.ACTIVE, text("above: 100"));

        assertThat(said(shadowAlerts())).containsExactly("firing 10 m1", "resolved 10 m1");
        assertThat(said(alerts())).containsExactly("firing 10 m1");
    }

    @Test
    void beginsWithWhatItCanReadOfWhatWasSaid() throws Exception {
        Rule rule = rule("above: 100");
        open(rule);
        say(1, Control.ACTIVE, text("above: 40"));
        conditions.processBroadcastElement(
                new Control(
                        Control.OVERRIDE,
                        "dev",
                        ZERO.plusSeconds(2),
                        "ana",
                        Control.ACTIVE,
                        "override: dev\nrule: QueueLong\nwhere: { env: dev }\nset: { off: true }\n"),
                millis(2));
        OperatorSubtaskState saved = conditions.snapshot(1, 1);
        conditions.close();

        conditions = harness(List.of(parse(text("above: 100").replace("QueueLong", "QueueOther"))));
        conditions.initializeState(saved);
        conditions.open();
        pending(10, 120);

        assertThat(said(alerts())).contains("firing 10 m1");
    }

    @Test
    void refusesToRemoveARuleThatAnOverrideNeeds() throws Exception {
        open(rule("above: 100"));
        say("QueueOther", 1, Control.ACTIVE, text("above: 10").replace("QueueLong", "QueueOther"));
        conditions.processBroadcastElement(
                new Control(
                        Control.OVERRIDE,
                        "low",
                        ZERO.plusSeconds(2),
                        "ana",
                        Control.ACTIVE,
                        "override: low\nrule: QueueOther\nwhere: { cluster: c }\nset: { off: true }\n"),
                millis(2));

        say("QueueOther", 3, Control.REMOVED, null);

        assertThat(aside(Conditions.REFUSED))
                .singleElement()
                .extracting(DeadLetter::detail)
                .asString()
                .contains("no rule 'QueueOther'");
    }

    @Test
    void goesOnAfterARestartWithItsEpisodesAndWithWhatWasSaid() throws Exception {
        Rule rule = rule("above: 100, for: 20s");
        open(rule);
        say(1, Control.ACTIVE, text("above: 40, for: 20s"));
        pending(10, 50);
        pending(20, 50);
        OperatorSubtaskState saved = conditions.snapshot(1, 1);
        String id = alerts().get(0).id();
        conditions.close();

        conditions = harness(List.of(rule));
        conditions.initializeState(saved);
        conditions.open();
        conditions.watermark(millis(20));
        pending(30, 50);

        assertThat(said(alerts())).containsExactly("firing 30 m1");
        assertThat(alerts().get(0).id()).isEqualTo(id);
    }
}
