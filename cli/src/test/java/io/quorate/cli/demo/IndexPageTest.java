package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class IndexPageTest {

    @Test
    void everyLinkSaysWhatToLookFor() {
        String html = IndexPage.of("http://127.0.0.1:1", "http://127.0.0.1:2");
        assertThat(Pattern.compile("<li>").matcher(html).results()).hasSize(5);
        assertThat(Pattern.compile("<li><a href=\"http://127[^\"]+\">[^<]+</a><br>[^<]{40,}\\.</li>")
                        .matcher(html)
                        .results())
                .hasSize(5);
    }
}
