package io.quorate.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AptTest {

    @Test
    void takesTheAddressOfTheOwnSuiteForTheOther() {
        String sources = """
                Types: deb
                # as it came
                URIs: http://mirror.example/debian
                Suites: bookworm bookworm-updates
                Components: main
                Signed-By: /usr/share/keyrings/debian.gpg

                Types: deb
                URIs: http://mirror.example/security
                Suites: bookworm-security
                Components: main

                Enabled: no
                Types: deb
                URIs: http://other.example/debian
                Suites: bookworm
                Components: main
                """;

        assertThat(Apt.ofStanzas(sources, "bookworm", "trixie")).containsExactly("""
                Types: deb
                URIs: http://mirror.example/debian
                Suites: trixie
                Components: main
                Signed-By: /usr/share/keyrings/debian.gpg
                """);
    }

    @Test
    void readsTheOlderFormToo() {
        String list = """
                # deb http://no.example/debian bookworm main
                deb-src http://no.example/debian bookworm main
                deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib
                deb http://mirror.example/debian bookworm-updates main
                deb http://second.example/debian   bookworm main
                """;

        assertThat(Apt.ofLines(list, "bookworm", "trixie"))
                .containsExactly(
                        "Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie\nComponents: main contrib\n"
                                + "Signed-By: /k.gpg\n",
                        "Types: deb\nURIs: http://second.example/debian\nSuites: trixie\nComponents: main\n");
    }

    @Test
    void knowsTheSystemsSuite() {
        assertThat(Apt.codename("ID=debian\nVERSION_CODENAME=bookworm\n")).isEqualTo("bookworm");
        assertThat(Apt.codename("ID=debian\n")).isEqualTo("stable");
    }

    /** Fails, and says why, where a line of etcd cannot be had: what was not compared must not look compared. */
    @ParameterizedTest
    @CsvSource({"3.4", "3.5"})
    @Tag("slow")
    void bringsAnEtcdOfEitherLine(String line) {
        Path etcd = Parts.of(Home.current()).etcd(line);

        assertThat(etcd).isExecutable();
    }
}
