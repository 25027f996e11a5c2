package io.quorate.cli.cluster.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.Home;
import io.quorate.ingest.etcd.EtcdSettings;
import io.quorate.ingest.transport.Tls;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsSectionTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"local", "on", "null", "e-1"})
    void writesSettingsThatQuorateReadsWhateverTheClusterIsCalled(String name) throws Exception {
        assertThat(section(name, false).writeUnlessThere(file()).get(0)).startsWith("Wrote " + file());

        Settings settings = SettingsReader.read(file());
        EtcdSettings etcd = settings.etcd().get(0);
        assertThat(etcd.cluster()).isEqualTo(name);
        assertThat(etcd.endpoints())
                .containsExactly("http://127.0.0.1:23790", "http://127.0.0.1:23793", "http://127.0.0.1:23796");
        assertThat(settings.scraped()).hasSize(1);
        assertThat(SettingsReader.print(file())).contains("127.0.0.1:23796");
        assertThat(Files.readString(file())).contains("    # - webhook: ");
    }

    @Test
    void writesTheCertificatesOfAClusterThatSpeaksTls() throws Exception {
        SettingsSection section = section("local", true);
        section.cluster().certificates().make();
        section.writeUnlessThere(file());

        Settings settings = SettingsReader.read(file());
        assertThat(settings.etcd().get(0).endpoints()).contains("https://127.0.0.1:23793");
        Tls tls = Objects.requireNonNull(settings.etcd().get(0).transport().tls());
        assertThat(tls).isEqualTo(section.cluster().certificates().forClients());
        assertThat(settings.scraped().get(0).transport().tls()).isEqualTo(tls);
    }

    @Test
    void leavesAFileAloneThatIsThereAndTellsTheSectionForIt() throws Exception {
        Files.writeString(file(), "ingest: {}\n");

        assertThat(section("local", false).writeUnlessThere(file()))
                .first()
                .asString()
                .contains("stays as it is", "this section");
        assertThat(String.join("\n", section("local", false).writeUnlessThere(file())))
                .contains("ingest:", "cluster: \"local\"", "http://127.0.0.1:23796");
        assertThat(file()).hasContent("ingest: {}");
    }

    @Test
    void tellsNoSectionForAFileThatNamesTheSameMembers() throws Exception {
        section("local", false).writeUnlessThere(file());

        assertThat(section("local", false).writeUnlessThere(file()))
                .containsExactly(file() + " names these members already; it stays as it is");
        assertThat(section("local", 1, false).writeUnlessThere(file()))
                .as("two members of the file are no more")
                .last()
                .asString()
                .contains("endpoints: [http://127.0.0.1:23790]");
    }

    private SettingsSection section(String name, boolean tls) {
        return section(name, 3, tls);
    }

    private SettingsSection section(String name, int members, boolean tls) {
        return new SettingsSection(
                new KeptEtcd(Home.at(folder.resolve("home")), name), new Layout(name, members, 23_790, tls));
    }

    private Path file() {
        return folder.resolve("quorate.yaml");
    }
}
