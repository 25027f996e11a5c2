package io.quorate.sinks.receivers.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.Message.Kind;
import io.quorate.sinks.receivers.Messages;
import io.quorate.sinks.receivers.PlacedAlert;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageTextsTest {

    private static final Message STORM = Messages.firing("a1");

    @Test
    void sayWhatWhereSinceHowBadWhyAndWhatToDoInThisOrder() {
        assertThat(PageTexts.DEFAULT.text(STORM)).isEqualTo("""
                EtcdElectionStorm: three leader changes in ten minutes

                Where:
                - prod (10.0.0.1:2379, leader): EtcdElectionStorm, critical, new
                Since: 2026-03-29 01:00:05 UTC
                How bad: critical, 1 of 1 firing; 3 other clusters have it
                Why: the disk of m1 is slow: its log waits for it
                - 2026-03-29 01:00:05 UTC leader change: m1 -> m2
                - ruled out: network: no peer was slow
                - not known: cpu: nobody looked
                Do this:
                - now: move the leadership
                - docs/runbooks/etcd-election-storm.md
                - take it on: quorate ack g-a1""");
        assertThat(PageTexts.DEFAULT.title(STORM))
                .isEqualTo("[FIRING critical] EtcdElectionStorm prod: three leader changes in ten minutes");
        assertThat(PageTexts.DEFAULT.sms(STORM))
                .isEqualTo("FIRING critical EtcdElectionStorm prod: three leader changes in ten minutes."
                        + " Why: the disk of m1 is slow: its log waits for it");
        assertThat(PageTexts.DEFAULT.html(STORM))
                .contains("<li>2026-03-29 01:00:05 UTC leader change: m1 -&gt; m2</li>")
                .contains("<li>docs/runbooks/etcd-election-storm.md</li>")
                .doesNotContain("{{");
    }

    @Test
    void tellNobodyToDoAnythingAboutWhatIsOver() {
        Message over = Messages.resolved("a1");
        assertThat(PageTexts.DEFAULT.title(over)).startsWith("[RESOLVED critical] ");
        assertThat(PageTexts.DEFAULT.text(over))
                .contains("Since: 2026-03-29 01:00:05 UTC, until 2026-03-29 01:01:10 UTC")
                .contains("0 of 1 firing")
                .doesNotContain("Do this", "quorate ack");
        assertThat(PageTexts.DEFAULT.html(over)).doesNotContain("Do this");
    }

    @Test
    void nameTenPlacesAndCountTheRest() {
        List<PlacedAlert> alerts = new ArrayList<>();
        for (int i = 1; i <= 103; i++) {
            alerts.add(Messages.placed(Messages.alert(
                    "a" + i, "EtcdMemberDown", Severity.WARNING, "c" + i, "m1", Status.FIRING, Messages.AT)));
        }
        Message message = new Message(
                "k", Kind.FIRING, "g", Map.of(), alerts, List.of("a103"), List.of(Severity.WARNING), Messages.AT);
        String text = PageTexts.DEFAULT.text(message);
        assertThat(text)
                .contains("- c103/m1 (10.0.0.1:2379, leader): EtcdMemberDown, warning, new\n- c1/m1")
                .contains("- c9/m1")
                .doesNotContain("- c10/m1")
                .contains("- and 93 more\n")
                .contains("103 of 103 firing");
        assertThat(PageTexts.DEFAULT.title(message)).contains(" c1/m1 and 102 more: ");
    }

    @Test
    void sayThatTheCauseIsNotKnown() {
        Alert bare = new Alert(
                "a1",
                "EtcdMemberDown",
                Severity.WARNING,
                "prod",
                null,
                "m1",
                null,
                Status.FIRING,
                Messages.AT,
                Messages.AT,
                "m1 is down",
                null,
                null,
                null,
                List.of());
        Message message =
                Messages.of(Kind.FIRING, "g", List.of(Severity.WARNING), Messages.placed(bare, null, null, null));
        assertThat(PageTexts.DEFAULT.text(message)).isEqualTo("""
                EtcdMemberDown: m1 is down

                Where:
                - prod/m1: EtcdMemberDown, warning, new
                Since: 2026-03-29 01:00:10 UTC
                How bad: warning, 1 of 1 firing
                Why: not known
                Do this:
                - take it on: quorate ack g""");
    }

    @ParameterizedTest
    @CsvSource({
        "docs/runbooks/x.md, https://wiki/etcd, https://wiki/etcd/x.md",
        "docs/runbooks/x.md, https://wiki/etcd/, https://wiki/etcd/x.md",
        "docs/runbooks/x.md, , docs/runbooks/x.md",
        "https://else/x, https://wiki/etcd, https://else/x",
        "' ', https://wiki/etcd, "
    })
    void findRunbooksBelowTheirBase(String runbook, String base, String expected) throws Exception {
        Alert alert = new Alert(
                "a1",
                "R",
                Severity.WARNING,
                "prod",
                null,
                null,
                null,
                Status.FIRING,
                Messages.AT,
                Messages.AT,
                "s",
                null,
                null,
                runbook,
                List.of());
        PageTexts texts = PageTexts.of(Map.of(), base);
        assertThat(texts.runbook(alert)).isEqualTo(expected);
        if (base != null && expected != null) {
            assertThat(texts.html(Messages.of(Kind.FIRING, "g", List.of(Severity.WARNING), Messages.placed(alert))))
                    .contains("<a href=\"" + expected + "\">");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{cluster}} {{#places}}{{/places}}",
                "<script>alert(1)</script>",
                "x\r\nBcc: all@example.org\r\n\r\nHello",
                "x\u2028y\u0085z\u0000\u001b[31m",
                "\u202egnp.exe\u202c",
                "javascript:alert(1)"
            })
    void letNothingActThatAnAlertSays(String hostile) throws Exception {
        Alert alert = Messages.saying(hostile, Messages.storm("a1", Status.FIRING, Messages.AT));
        Message message = Messages.of(
                Kind.FIRING, hostile, List.of(Severity.CRITICAL), Messages.placed(alert, hostile, hostile, hostile));
        String shown = Page.clean(hostile);
        for (String line : List.of(PageTexts.DEFAULT.title(message), PageTexts.DEFAULT.sms(message))) {
            assertThat(line).contains(shown).doesNotContainPattern("[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cf}]");
        }
        assertThat(PageTexts.DEFAULT.text(message))
                .contains(shown)
                .doesNotContainPattern("[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cf}&&[^\n]]")
                .doesNotContain("\nBcc");
        assertThat(PageTexts.DEFAULT.html(message)).doesNotContain("<script", "href=\"javascript");
    }

    @Test
    void stayShortWhereTheyMust() {
        Alert alert = Messages.saying("\ud83d\udd25".repeat(2_000), Messages.storm("a1", Status.FIRING, Messages.AT));
        Message message = Messages.of(Kind.FIRING, "g", List.of(Severity.CRITICAL), Messages.placed(alert));
        assertThat(PageTexts.DEFAULT.sms(message)).hasSizeBetween(318, 320).endsWith("\ud83d\udd25...");
        assertThat(PageTexts.DEFAULT.title(message)).hasSizeBetween(248, 250);
        assertThat(PageTexts.DEFAULT.text(message)).hasSizeLessThan(2_000);
    }

    @Test
    void takeTheTemplatesTheyAreGiven() throws Exception {
        PageTexts texts = PageTexts.of(Map.of("title", "{{state}}: {{#places}}{{where}} {{who}} {{/places}}"), null);
        assertThat(texts.title(STORM)).isEqualTo("FIRING: prod 10.0.0.1:2379, leader");
        assertThat(texts.text(STORM)).isEqualTo(PageTexts.DEFAULT.text(STORM));
        assertThat(copied(texts)).isEqualTo(texts).isNotEqualTo(PageTexts.DEFAULT);
    }

    @Test
    void offerTemplatesEveryNameThatThereIsAndNoOther() {
        TreeSet<String> names = new TreeSet<>();
        collect(new Page(STORM, PageTexts.DEFAULT).values(), names);
        assertThat(names).containsExactlyInAnyOrderElementsOf(Page.NAMES);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "title, 'a\nb {{sumary}}', 2, '{{sumary}}'''' is unknown; expected one of advice, at, cause'",
                "text, '{{#places}}\n\n{{class}}{{/places}}', 3, is unknown",
                "text, '{{summary.class}}', 1, is unknown",
                "text, '{{> other}}', 1, is another template",
                "text, '\n{{#places}}{{where}}', 2, places",
                "text, 'a\n{{summary', 2, is not closed",
                "html, 'a\n{{{summary}}}', 2, would let what an alert says act as HTML",
                "html, '{{&summary}}', 1, would let",
                "html, '{{=<% %>=}}<%&summary%>', 1, would let",
                "subject, x, 1, 'expected one of [title, text, html, sms]'"
            })
    void refuseATemplateWithItsLine(String template, String source, int line, String why) {
        assertThatThrownBy(() -> PageTexts.of(Map.of(template, source.replace("''", "'")), null))
                .isInstanceOfSatisfying(InvalidTemplate.class, invalid -> {
                    assertThat(invalid.template()).isEqualTo(template);
                    assertThat(invalid.reason()).contains(why.replace("''", "'"));
                    assertThat(invalid.line()).isEqualTo(line);
                    assertThat(invalid).hasMessage(template + ": line " + line + ": " + invalid.reason());
                });
    }

    /** Were it let through the lint, it would still find nothing. */
    @Test
    void reachNoObjectBehindAValue() {
        assertThat(PageTexts.compiler(PageTexts.Form.TEXT)
                        .compile("[{{summary.class.name}}{{summary.length}}{{summary.toString}}]")
                        .execute(new Page(STORM, PageTexts.DEFAULT).values()))
                .isEqualTo("[]");
    }

    private static void collect(Object value, TreeSet<String> names) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, inner) -> {
                names.add((String) name);
                collect(inner, names);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(inner -> collect(inner, names));
        }
    }

    private static Object copied(Object original) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(original);
        return new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    }
}
