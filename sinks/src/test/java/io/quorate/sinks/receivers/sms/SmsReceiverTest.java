package io.quorate.sinks.receivers.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.FakeEndpoint.Reply;
import io.quorate.sinks.receivers.FakeEndpoint.Request;
import io.quorate.sinks.receivers.Messages;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverContract;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.sms.SmsSettings.Form;
import io.quorate.sinks.receivers.text.PageTexts;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Against the contract published as Twilio's Messages resource, and against our own of a generic one. */
class SmsReceiverTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Nested
    class Twilio extends ReceiverContract {

        @Override
        protected ReceiverSettings aimedAt(String server, Terms terms) {
            return new SmsSettings(
                    "sms",
                    Form.TWILIO,
                    server,
                    "AC" + SECRET,
                    SECRET,
                    "+15005550006",
                    List.of("+15005550001"),
                    terms,
                    PageTexts.DEFAULT);
        }

        /** Twilio has no other. */
        @Override
        protected Object identity(Request request) {
            return request.body();
        }

        @Test
        void sendsTwiliosForm() {
            endpoint.replies(Reply.of(201));
            tell(Messages.firing("a1"));
            assertThat(request(0).path()).isEqualTo("/2010-04-01/Accounts/AC" + SECRET + "/Messages.json");
            assertThat(request(0).headers())
                    .containsEntry("content-type", "application/x-www-form-urlencoded")
                    .hasEntrySatisfying(
                            "authorization", token -> assertThat(token).startsWith("Basic "));
            assertThat(URLDecoder.decode(request(0).body(), StandardCharsets.UTF_8))
                    .isEqualTo(
                            "To=+15005550001&From=+15005550006&Body=" + PageTexts.DEFAULT.sms(Messages.firing("a1")));
        }
    }

    @Nested
    class Generic extends ReceiverContract {

        @Override
        protected ReceiverSettings aimedAt(String server, Terms terms) {
            return toSome(server, terms, "+1");
        }

        @Test
        void sendsJson() throws Exception {
            tell(Messages.firing("a1"));
            assertThat(request(0).headers()).containsEntry("authorization", "Bearer " + SECRET);
            assertThat(JSON.readTree(request(0).body()))
                    .isEqualTo(JSON.createObjectNode()
                            .put("to", "+1")
                            .put("from", "Quorate")
                            .put("text", PageTexts.DEFAULT.sms(Messages.firing("a1")))
                            .put("key", "g-a1-firing"));
        }

        @Test
        void callsAgainOnlyThoseWhoHaveItNot() {
            endpoint.repliesBy(request -> Reply.of(request.body().contains("\"+2\"") ? 500 : 200));
            try (Receiver receiver =
                    toSome(endpoint.url(""), PATIENT, "+1", "+2", "+3").open()) {
                assertThat(receiver.send(Messages.firing("a1")).join())
                        .isInstanceOfSatisfying(
                                Answer.WorthRetrying.class,
                                answer -> assertThat(answer.detail()).isEqualTo("2 of 3 have it; HTTP 500"));
                endpoint.repliesBy(request -> Reply.of(200));
                assertThat(receiver.send(Messages.firing("a1")).join()).isInstanceOf(Answer.Delivered.class);
                assertThat(endpoint.requests()).hasSize(4);
                assertThat(request(3).body()).contains("\"+2\"");
            }
        }

        @Test
        void isDeliveredWhenOneHasItAndTheOthersNeverWill() {
            endpoint.repliesBy(request -> Reply.of(request.body().contains("\"+2\"") ? 400 : 200));
            try (Receiver receiver =
                    toSome(endpoint.url(""), PATIENT, "+1", "+2").open()) {
                assertThat(receiver.send(Messages.firing("a1")).join())
                        .isEqualTo(new Answer.Delivered(400, "1 of 2 have it; HTTP 400"));
            }
        }

        private static SmsSettings toSome(String server, Terms terms, String... numbers) {
            return new SmsSettings(
                    "sms",
                    Form.GENERIC,
                    server + "/" + SECRET,
                    null,
                    SECRET,
                    "Quorate",
                    List.of(numbers),
                    terms,
                    PageTexts.DEFAULT);
        }
    }

    @Test
    void refusesTwilioWithoutAnAccount() {
        assertThatThrownBy(() -> new SmsSettings(
                        "sms",
                        Form.TWILIO,
                        SmsSettings.DEFAULT_TWILIO_URL,
                        null,
                        "t",
                        "+1",
                        List.of("+2"),
                        Terms.DEFAULT,
                        PageTexts.DEFAULT))
                .hasMessageContaining("without an account and a token");
    }
}
