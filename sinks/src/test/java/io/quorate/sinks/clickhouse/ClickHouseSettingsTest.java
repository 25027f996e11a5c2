package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClickHouseSettingsTest {

    @Test
    void hasDefaultsBesideTheUrl() {
        assertThat(ClickHouseSettings.at("http://127.0.0.1:8123/"))
                .isEqualTo(new ClickHouseSettings("http://127.0.0.1:8123", "quorate", "default", null));
    }

    @Test
    void makesTheAddressForJdbc() {
        assertThat(new ClickHouseSettings("https://ch.example:8443", "mine", "writer", "secret").jdbcUrl())
                .isEqualTo("jdbc:clickhouse:https://ch.example:8443/mine");
    }

    @Test
    void neverShowsThePassword() {
        assertThat(new ClickHouseSettings("http://ch:8123", "quorate", "writer", "pa55word"))
                .asString()
                .doesNotContain("pa55word")
                .contains("password=***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ch:8123",
                "ftp://ch",
                "http://",
                "http://u:pa55word@ch:8123",
                "http://ch:8123/db",
                "http://c h",
                "http://ch:70000"
            })
    void refusesWhatIsNoAddressAndDoesNotRepeatIt(String url) {
        assertThatThrownBy(() -> ClickHouseSettings.at(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("clickhouse.url: ")
                .hasMessageContaining("expected")
                .message()
                .doesNotContain("pa55word");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "my-db", "1st", "a; DROP"})
    void refusesWhatIsNoDatabaseName(String database) {
        assertThatThrownBy(() -> new ClickHouseSettings("http://ch:8123", database, "default", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("clickhouse.database: ");
    }
}
