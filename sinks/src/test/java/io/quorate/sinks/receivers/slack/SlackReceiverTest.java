package io.quorate.sinks.receivers.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.sinks.receivers.FakeEndpoint.Request;
import io.quorate.sinks.receivers.Message.Kind;
import io.quorate.sinks.receivers.Messages;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverContract;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.text.PageTexts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Against the contract published for Slack's incoming webhooks and Block Kit. */
class SlackReceiverTest extends ReceiverContract {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    protected ReceiverSettings aimedAt(String server, Terms terms) {
        return new SlackSettings("slack", server + "/services/T0/B0/" + SECRET, terms, PageTexts.DEFAULT);
    }

    /** Slack has no other. */
    @Override
    protected Object identity(Request request) {
        return request.body();
    }

    @Test
    void showsAHeaderThePageAndItsRunbook() throws Exception {
        PageTexts texts = PageTexts.of(Map.of("text", "line 1\nline <2>"), "https://wiki.example/etcd");
        try (Receiver receiver = new SlackSettings("slack", endpoint.url("/"), PATIENT, texts).open()) {
            receiver.send(Messages.firing("a1")).join();
        }
        assertThat(JSON.readTree(request(0).body())).isEqualTo(JSON.readTree("""
                {"text": "[FIRING critical] EtcdElectionStorm prod: three leader changes in ten minutes", "unfurl_links": false,
                 "blocks": [
                  {"type": "header", "text": {"type": "plain_text", "emoji": false,
                   "text": "[FIRING critical] EtcdElectionStorm prod: three leader changes in ten minutes"}},
                  {"type": "section", "text": {"type": "mrkdwn", "verbatim": true, "text": "line 1\\nline &lt;2&gt;\\n"}},
                  {"type": "section", "text": {"type": "mrkdwn",
                   "text": "<https://wiki.example/etcd/etcd-election-storm.md|Runbook>"}}]}
                """));
    }

    @Test
    void letsNoAlertCallOrLinkAnybody() throws Exception {
        Alert alert =
                Messages.saying("<!channel> <https://evil|ok> & co", Messages.storm("a1", Status.FIRING, Messages.AT));
        tell(Messages.of(Kind.FIRING, "g", List.of(Severity.CRITICAL), Messages.placed(alert)));
        JsonNode said = JSON.readTree(request(0).body());
        assertThat(said.at("/blocks/1/text/text").asText())
                .contains("&lt;!channel&gt; &lt;https://evil|ok&gt; &amp; co")
                .doesNotContain("<");
        assertThat(said.path("text").asText()).doesNotContain("<");
    }

    @Test
    void staysWithinSlacksLimits() throws Exception {
        PageTexts texts = PageTexts.of(
                Map.of("title", "<".repeat(1_000), "text", "short\n" + "\ud83d\udd25<".repeat(80_000) + "\nend"),
                "https://wiki.example/etcd");
        SlackMessage message = SlackMessage.of(Messages.firing("a1"), texts);
        assertThat(message.blocks()).hasSize(SlackMessage.MOST_BLOCKS);
        JsonNode blocks = JSON.valueToTree(message).path("blocks");
        assertThat(blocks.at("/0/text/text").asText()).hasSizeLessThanOrEqualTo(SlackMessage.LONGEST_HEADER);
        blocks.forEach(block -> assertThat(block.at("/text/text").asText())
                .hasSizeLessThanOrEqualTo(SlackMessage.LONGEST_SECTION)
                .doesNotContainPattern("&(?!lt;|gt;|amp;)")
                .doesNotContainPattern("[\\p{Cs}]"));
        assertThat(blocks.at("/48/text/text").asText()).contains("quorate alerts");
    }

    @Test
    void losesNothingOfALongPage() throws Exception {
        String text = "x".repeat(2_000) + "\n" + "<".repeat(1_500) + "\ny";
        PageTexts texts = PageTexts.of(Map.of("text", text), null);
        StringBuilder shown = new StringBuilder();
        JSON.valueToTree(SlackMessage.of(Messages.firing("a1"), texts))
                .path("blocks")
                .forEach(block -> {
                    if (block.at("/text/type").asText().equals("mrkdwn")) {
                        shown.append(block.at("/text/text").asText());
                    }
                });
        assertThat(shown.toString().replace("&lt;", "<").strip()).isEqualTo(text);
    }
}
