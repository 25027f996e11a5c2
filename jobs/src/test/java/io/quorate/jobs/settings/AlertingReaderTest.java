package io.quorate.jobs.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.jobs.alerting.routes.AlertingSettings;
import io.quorate.jobs.alerting.routes.LabelMatcher;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.rules.yaml.YamlProblem;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Retry;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.alertmanager.AlertmanagerSettings;
import io.quorate.sinks.receivers.email.EmailSettings;
import io.quorate.sinks.receivers.heartbeat.HeartbeatSettings;
import io.quorate.sinks.receivers.kafka.KafkaTopicSettings;
import io.quorate.sinks.receivers.log.LogSettings;
import io.quorate.sinks.receivers.pagerduty.PagerDutySettings;
import io.quorate.sinks.receivers.slack.SlackSettings;
import io.quorate.sinks.receivers.sms.SmsSettings;
import io.quorate.sinks.receivers.text.PageTexts;
import io.quorate.sinks.receivers.webhook.WebhookSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The section {@code alerting}: what it means when little is said, when all is said, and when something is wrong. */
class AlertingReaderTest extends OnSettings {

    private static final String BEFORE =
            "ingest: { etcd: [ { cluster: c, endpoints: [http://etcd-1.example:2379] } ] }\n";

    private static final String ALERTING = """
            alerting:
              runbooks: https://wiki.example/etcd
              pipeline-behind: 60s
              heartbeat: { url: https://beats.example/ping, every: 1m }
              receivers:
                - webhook: { name: hook, url: http://127.0.0.1:9/x, fallback: mail }
                - pagerduty:
                    routing-key-env: SET
                    fallback: hook
                - email:
                    name: mail
                    host: mail.example
                    from: quorate@example.org
                    to: [on-call@example.org]
                - sms: { name: phone, form: twilio, account: AC0, token-env: SET, from: "+4930123", to: ["+4915112345"] }
                - alertmanager: { urls: [http://a.example:9093] }
                - kafka: { topic: etcd-alerts, bootstrap: "b.example:9092" }
                - log: {}
              routes:
                - name: critical
                  where: 'severity="critical",env="prod"'
                  receivers: [pagerduty, hook]
                  group-wait: 10s
                  group-for: 5m
                  repeat: 4h
                  escalate:
                    - { after: 15m, to: [phone] }
                    - { after: 1h, to: [mail] }
                - name: prod
                  where: env="prod"
                  receivers: [hook, alertmanager]
                - name: rest
                  receivers: [log, kafka]
            """;

    @Test
    void tellsNobodyWhereNothingIsSaid() throws Exception {
        assertThat(read(BEFORE).alerting()).isEqualTo(AlertingSettings.toAll(List.of()));
        assertThat(read(BEFORE + "alerting: { receivers: [] }").alerting().receivers())
                .isEmpty();
    }

    @Test
    void tellsEveryReceiverOfEverythingWithoutRoutes() throws Exception {
        AlertingSettings alerting = alerting("receivers: [ { webhook: { url: http://127.0.0.1:9/x } }, { log: {} } ]");

        assertThat(alerting.receivers())
                .containsExactly(WebhookSettings.at("http://127.0.0.1:9/x"), new LogSettings("log", Terms.UNLIMITED));
        assertThat(alerting.routes()).containsExactly(Route.toAll(List.of("webhook", "log")));
        assertThat(alerting.heartbeat()).isNull();
        assertThat(alerting.pipelineBehind()).hasSeconds(60);
    }

    static Stream<Arguments> littleSaid() {
        return Stream.of(
                Arguments.of(
                        "slack: { url: https://slack.example/x }",
                        new SlackSettings("slack", "https://slack.example/x", Terms.DEFAULT, PageTexts.DEFAULT)),
                Arguments.of(
                        "pagerduty: { routing-key-env: SET }",
                        new PagerDutySettings(
                                "pagerduty",
                                "s3cret",
                                PagerDutySettings.DEFAULT_URL,
                                Terms.DEFAULT,
                                PageTexts.DEFAULT)),
                Arguments.of(
                        "email: { host: mail.example, from: q@example.org, to: [a@example.org] }",
                        email(587, EmailSettings.Security.STARTTLS)),
                Arguments.of(
                        "email: { host: mail.example, security: tls, from: q@example.org, to: [a@example.org] }",
                        email(465, EmailSettings.Security.TLS)),
                Arguments.of(
                        "email: { host: mail.example, security: none, from: q@example.org, to: [a@example.org] }",
                        email(25, EmailSettings.Security.NONE)),
                Arguments.of(
                        "sms: { url: https://sms.example/send, from: Quorate, to: ['+4915112345'] }",
                        new SmsSettings(
                                "sms",
                                SmsSettings.Form.GENERIC,
                                "https://sms.example/send",
                                null,
                                null,
                                "Quorate",
                                List.of("+4915112345"),
                                Terms.DEFAULT,
                                PageTexts.DEFAULT)),
                Arguments.of(
                        "sms: { form: twilio, account: AC0, token-env: SET, from: Quorate, to: ['+4915112345'] }",
                        new SmsSettings(
                                "sms",
                                SmsSettings.Form.TWILIO,
                                SmsSettings.DEFAULT_TWILIO_URL,
                                "AC0",
                                "s3cret",
                                "Quorate",
                                List.of("+4915112345"),
                                Terms.DEFAULT,
                                PageTexts.DEFAULT)),
                Arguments.of(
                        "alertmanager: { urls: [http://a.example:9093] }",
                        new AlertmanagerSettings(
                                "alertmanager",
                                List.of("http://a.example:9093"),
                                null,
                                null,
                                Duration.ofMinutes(1),
                                Terms.UNLIMITED,
                                PageTexts.DEFAULT)),
                Arguments.of(
                        "kafka: { topic: etcd-alerts }",
                        new KafkaTopicSettings("kafka", "k.example:9092", "etcd-alerts", Terms.UNLIMITED)),
                Arguments.of(
                        "kafka: { topic: etcd-alerts, bootstrap: 'b.example:1' }",
                        new KafkaTopicSettings("kafka", "b.example:1", "etcd-alerts", Terms.UNLIMITED)));
    }

    @ParameterizedTest
    @MethodSource("littleSaid")
    void fillsInTheDefaultsOfAReceiver(String receiver, ReceiverSettings settings) throws Exception {
        assertThat(read(BEFORE + "kafka: { bootstrap: 'k.example:9092' }\nalerting: { receivers: [ { " + receiver
                                + " } ] }")
                        .alerting()
                        .receivers())
                .containsExactly(settings);
    }

    private static EmailSettings email(int port, EmailSettings.Security security) {
        return new EmailSettings(
                "email",
                "mail.example",
                port,
                security,
                null,
                null,
                "q@example.org",
                List.of("a@example.org"),
                Terms.DEFAULT,
                PageTexts.DEFAULT);
    }

    @Test
    void takesTheTermsThatAreSaid() throws Exception {
        AlertingSettings alerting =
                alerting("receivers: [ { log: {} }, { webhook: { url: http://127.0.0.1:9/x, secret-env: SET,"
                        + " timeout: 7s, retry-for: 2h, send-resolved: false, per-minute: 0, fallback: log, fallback-after: 30s,"
                        + " allow-private: true } } ]");

        WebhookSettings webhook = (WebhookSettings) alerting.receivers().get(1);
        assertThat(webhook.secret()).isEqualTo("s3cret");
        assertThat(webhook.terms())
                .isEqualTo(new Terms(
                        Duration.ofSeconds(7),
                        Retry.DEFAULT.within(Duration.ofHours(2)),
                        false,
                        0,
                        "log",
                        Duration.ofSeconds(30),
                        true));
    }

    @Test
    void takesTheRoutesThatAreSaid() throws Exception {
        AlertingSettings alerting = read(BEFORE + ALERTING).alerting();

        assertThat(alerting.routes()).extracting(Route::name).containsExactly("critical", "prod", "rest");
        assertThat(alerting.routes().get(0))
                .isEqualTo(new Route(
                        "critical",
                        LabelMatcher.parse("severity=\"critical\",env=\"prod\""),
                        List.of("pagerduty", "hook"),
                        Route.DEFAULT_GROUP_BY,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(5),
                        Duration.ofHours(4),
                        List.of(
                                new Route.Escalation(Duration.ofMinutes(15), List.of("phone")),
                                new Route.Escalation(Duration.ofHours(1), List.of("mail"))),
                        false));
        Route other = alerting(
                        "receivers: [ { log: {} } ]\n  routes: [ { name: all, receivers: [log], group-by: [], group-wait: 0s,"
                                + " repeat: off, continue: true } ]")
                .routes()
                .get(0);
        assertThat(other.groupBy()).isEmpty();
        assertThat(other.groupWait()).isZero();
        assertThat(other.repeat()).isNull();
        assertThat(other.goesOn()).isTrue();
        assertThat(alerting.heartbeat())
                .isEqualTo(new HeartbeatSettings("https://beats.example/ping", Duration.ofMinutes(1), Terms.UNLIMITED));
    }

    /** One that is longer open than its messages are apart from each other is meant so; it need not say both. */
    @Test
    void keepsAGroupOpenAsLongAsItWaits() throws Exception {
        Route route = alerting(
                        "receivers: [ { log: {} } ]\n  routes: [ { name: all, receivers: [log], group-wait: 15m } ]")
                .routes()
                .get(0);

        assertThat(route.groupFor()).hasMinutes(15);
    }

    @Test
    void readsTemplatesOfPagesFromTheirFolder() throws Exception {
        Path pages = Files.createDirectory(folder.resolve("pages"));
        Files.writeString(pages.resolve("title.mustache"), "etcd");
        Files.writeString(pages.resolve("notes.txt"), "{{not one}}");
        String yaml =
                "templates: pages\n  runbooks: https://wiki.example\n  receivers: [ { slack: { url: http://127.0.0.1:9 } } ]";

        assertThat(((SlackSettings) alerting(yaml).receivers().get(0)).texts())
                .isEqualTo(PageTexts.of(Map.of("title", "etcd"), "https://wiki.example"));

        Files.writeString(pages.resolve("text.mustache"), "etcd\n{{sumary}}\n");
        assertThat(onlyProblem(BEFORE + "alerting:\n  " + yaml))
                .extracting(YamlProblem::file, YamlProblem::line)
                .containsExactly(pages.resolve("text.mustache").toString(), 2);

        Files.move(pages.resolve("text.mustache"), pages.resolve("texts.mustache"));
        assertThat(onlyProblem(BEFORE + "alerting:\n  " + yaml).toString())
                .contains("texts.mustache:1: ")
                .contains("expected one of");
    }

    /** What is replaced, by what, and what is told on the line of the replacement. */
    static Stream<Arguments> plants() {
        return Stream.of(
                plant("runbooks: https://wiki.example/etcd", "runbooks: wiki", "expected an address below which"),
                plant("runbooks:", "runboks:", "did you mean 'runbooks'?"),
                plant(
                        "runbooks: https://wiki.example/etcd",
                        "templates: none",
                        "which is no folder; expected a folder"),
                plant("runbooks: https://wiki.example/etcd", "templates: .", "a folder without a template"),
                plant("pipeline-behind: 60s", "pipeline-behind: 5s", "expected at least 10s"),
                plant("every: 1m", "every: often", "expected a duration like"),
                plant(
                        "url: https://beats.example/ping, ",
                        "",
                        "'url' is missing; expected one of url, url-file and url-env"),
                // Receivers.
                plant("- log: {}", "- logg: {}", "did you mean 'log'?"),
                plant("- log: {}", "- { log: {}, slack: {} }", "expected a receiver"),
                plant("- log: {}", "- {}", "expected a receiver"),
                plant("- log: {}", "- log:", "'log' is \"\"; expected {}, or"),
                plant("- log: {}", "- log: { name: Log }", "expected a name in kebab-case"),
                plant("- log: {}", "- log: { name: hook }", "'name' is hook a second time"),
                plant("- log: {}", "- log: { per-minute: -1 }", "expected a whole number up to 10000"),
                plant("- log: {}", "- log: { timeout: 0s }", "expected more than 0"),
                plant("- log: {}", "- log: { fallback-after: 5s }", "'fallback-after' stands without 'fallback'"),
                plant(
                        "- log: {}",
                        "- log: { fallback: male }",
                        "'fallback' names male, which is no receiver; did you mean 'mail'?"),
                plant("- log: {}", "- log: { fallback: log }", "'fallback' leads back to where it began (log -> log)"),
                plant("fallback: mail", "fallback: pagerduty", "(hook -> pagerduty -> hook)"),
                plant(
                        "routing-key-env: SET",
                        "routing-key: s3cret",
                        "expected 'routing-key-file' or 'routing-key-env'"),
                plant(
                        "routing-key-env: SET",
                        "timeout: 5s",
                        "'routing-key' is missing; expected routing-key-file or",
                        -1),
                plant("host: mail.example", "hots: mail.example", "did you mean 'host'?"),
                plant("host: mail.example", "host: 'a b'", "expected a host like"),
                plant("host: mail.example", "host: mail.example\n        port: 0", "expected a port from 1"),
                plant(
                        "host: mail.example",
                        "host: mail.example\n        security: ssl",
                        "expected starttls, tls or none"),
                plant("host: mail.example", "host: mail.example\n        user: me", "'user' stands without a password"),
                plant("host: mail.example", "host: mail.example\n        password-env: SET", "stands without 'user'"),
                plant(
                        "host: mail.example",
                        "host: mail.example\n        password: s3cret",
                        "expected 'password-file' or"),
                plant("from: quorate@example.org", "from: quorate", "expected a mail address"),
                plant("from: quorate@example.org", "from: Q <q@example.org>", "expected a mail address"),
                plant("to: [on-call@example.org]", "to: []", "expected a list of mail addresses"),
                plant("form: twilio", "form: pigeon", "expected twilio or generic"),
                plant("form: twilio", "form: generic", "'url' is missing; expected it where form is generic"),
                plant("account: AC0, ", "", "'account' is missing; expected it where form is twilio"),
                plant("token-env: SET, ", "", "'token' is missing; expected token-file or token-env"),
                plant("token-env: SET, ", "token: s3cret, ", "expected 'token-file' or 'token-env'"),
                plant("[\"+4915112345\"]", "[+4915112345]", "expected a number in quotes like"),
                plant("http://a.example:9093", "a.example:9093", "expected an address like"),
                plant("http://a.example:9093", "'http://me:s3cret@a.example:9093'", "without a user or a password"),
                plant(
                        ", bootstrap: \"b.example:9092\"",
                        "",
                        "'bootstrap' is missing; expected it here, or a section 'kafka'"),
                plant("topic: etcd-alerts", "topic: etcd alerts", "expected the name of a topic"),
                // Routes.
                plant(
                        "receivers: [log, kafka]",
                        "receivers: [log, kafkaa]",
                        "'receivers[1]' names kafkaa, which is no receiver; did you mean 'kafka'?"),
                plant("receivers: [log, kafka]", "receivers: []", "expected a list of at least one receiver"),
                plant(
                        "to: [phone]",
                        "to: [nobody-at-all]",
                        "expected one of hook, pagerduty, mail, phone, alertmanager, kafka, log"),
                plant("- name: prod", "- name: critical", "'name' is critical a second time; expected a name each"),
                plant("- name: rest", "- nam: rest", "did you mean 'name'?"),
                plant("where: env=\"prod\"", "where: env=", "no value after 'env='"),
                plant("where: env=\"prod\"", "where: env=~(", "no regular expression"),
                plant("where: env=\"prod\"", "group-by: []", "route rest is never reached, as prod takes all", 2),
                plant(
                        "where: 'severity=\"critical\",env=\"prod\"'",
                        "where: env=\"prod\"",
                        "route prod is never reached, as critical",
                        8),
                plant(
                        "receivers: [log, kafka]",
                        "receivers: [log, kafka]\n      where: env=dev",
                        "alerts that no route takes would be lost; expected a last route without where"),
                plant(
                        "group-for: 5m",
                        "group-for: 5s",
                        "group-for: 5000ms, expected at least group-wait, which is 10000ms"),
                plant("repeat: 4h", "repeat: 1s", "expected at least 10s, or off"),
                plant("repeat: 4h", "repeat: never", "expected a duration like 4h, or off"),
                plant("after: 15m", "after: 0s", "expected more than 0"),
                plant("after: 1h", "after: 10m", "expected later than the one before it"),
                plant("escalate:", "escalates:", "did you mean 'escalate'?"));
    }

    private static Arguments plant(String what, String by, String told) {
        return plant(what, by, told, 0);
    }

    private static Arguments plant(String what, String by, String told, int linesBelow) {
        return Arguments.of(what, by, told, linesBelow);
    }

    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource("plants")
    void tellsOneProblemOnceWithItsLine(String what, String by, String told, int linesBelow) throws Exception {
        assertThat(ALERTING).contains(what);
        String bad = ALERTING.replace(what, by);

        YamlProblem problem = onlyProblem(BEFORE + bad);
        assertThat(problem.message()).contains(told).containsPattern("expected|did you mean");
        assertThat(problem.line()).as(problem.message()).isEqualTo(firstDifference(bad) + linesBelow);
    }

    /** In the whole file, counted from 1. */
    private static int firstDifference(String bad) {
        List<String> good = ALERTING.lines().toList();
        List<String> lines = bad.lines().toList();
        return 2
                + IntStream.range(0, good.size())
                        .filter(i -> !good.get(i).equals(lines.get(i)))
                        .findFirst()
                        .orElse(good.size());
    }

    /** Where a receiver could not be read, nobody knows whether it is the one that a route names. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"- log: {}|- log: { name: 7 }", "- log: {}|- logs: {}", "- log: {}|- log", "receivers:|reciever:"})
    void tellsOfNoUnknownNamesWhereAReceiverHidesItself(String what, String by) throws Exception {
        assertThat(problems(BEFORE + ALERTING.replaceFirst(Pattern.quote(what), by)))
                .hasSize(1);
    }

    @Test
    void refusesStatusesSoSeldomThatRulesWouldMissThem() throws Exception {
        assertThat(onlyProblem(GOOD.replace("status-interval: 1s", "status-interval: 6s"))
                        .toString())
                .contains(
                        "yaml:3: 'status-interval' is 6s; expected at most 5s, as rules count an answer of a member for 10s");
        assertThat(read(GOOD.replace("status-interval: 1s", "status-interval: 5s"))
                        .etcd()
                        .get(0)
                        .interval())
                .hasSeconds(5);
    }

    private AlertingSettings alerting(String section) throws Exception {
        return read(BEFORE + "alerting:\n  " + section + "\n").alerting();
    }
}
