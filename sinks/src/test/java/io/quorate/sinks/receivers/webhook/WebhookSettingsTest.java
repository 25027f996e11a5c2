package io.quorate.sinks.receivers.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.sinks.receivers.Retry;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.text.PageTexts;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSettingsTest {

    @Test
    void hasDefaultsBesideTheUrl() {
        assertThat(WebhookSettings.at("http://h/x"))
                .isEqualTo(new WebhookSettings(
                        "webhook",
                        "http://h/x",
                        null,
                        new Terms(
                                Duration.ofSeconds(5),
                                new Retry(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofHours(24)),
                                true,
                                10,
                                null,
                                Duration.ofMinutes(2),
                                false),
                        PageTexts.DEFAULT));
    }

    @Test
    void showsNothingOfTheUrlButSchemeAndHost() {
        assertThat(WebhookSettings.at("https://user:pass@hooks.example/T0K3N?key=K3Y"))
                .asString()
                .contains("https://hooks.example/***")
                .doesNotContain("T0K3N", "K3Y", "pass");
    }

    @Test
    void refusesASecretThatIsNone() {
        assertThatThrownBy(() -> new WebhookSettings("hook", "http://h", " ", Terms.DEFAULT, PageTexts.DEFAULT))
                .hasMessageContaining("expected one, or none at all");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hooks.example/T0K3N",
                "ftp://h/T0K3N",
                "http:///T0K3N",
                "http://h/T0K3N x",
                "http://h:70000/T0K3N"
            })
    void refusesWhatIsNoAddressAndDoesNotRepeatIt(String url) {
        assertThatThrownBy(() -> WebhookSettings.at(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("webhook url: ")
                .hasMessageContaining("expected")
                .message()
                .doesNotContain("T0K3N");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "My Hook", "a--b", "-a"})
    void refusesANameThatIsNoUid(String name) {
        assertThatThrownBy(() -> new WebhookSettings(name, "http://h", null, Terms.DEFAULT, PageTexts.DEFAULT))
                .hasMessageStartingWith("webhook name: ");
    }
}
