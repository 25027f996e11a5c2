package io.quorate.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HomeTest {
    @TempDir
    Path folder;

    @Test
    void standsBesideTheLauncherUnlessTheSettingMovesIt() throws Exception {
        Files.writeString(folder.resolve("quorate"), "");
        Files.writeString(folder.resolve("pom.xml"), "");
        Path below = Files.createDirectories(folder.resolve("desk/src"));
        assertThat(Home.current(null, below).root()).isEqualTo(folder.resolve(".quorate"));
        assertThat(Home.current("/elsewhere", below).root()).isEqualTo(Path.of("/elsewhere"));
        assertThat(Home.current(" ", Path.of("/")).root()).isEqualTo(Path.of("/.quorate"));
    }

    @Test
    void keepsPidFilesUnderTheRootWhenDataMoves() {
        Home moved = Home.at(folder.resolve("root")).withState(folder.resolve("kept"));
        assertThat(moved.pids()).isEqualTo(folder.resolve("root/pids"));
        assertThat(moved.parts()).isEqualTo(folder.resolve("root/parts"));
        assertThat(moved.data("etcd"))
                .isEqualTo(folder.resolve("kept/data/etcd"))
                .isDirectory();
        assertThat(moved.log("etcd/m1"))
                .isEqualTo(folder.resolve("kept/logs/etcd/m1.log"))
                .doesNotExist();
        assertThat(moved.log("etcd/m1").getParent()).isDirectory();
    }

    @Test
    void anotherPlatformIsRefusedAtOnce() {
        assertThatCode(() -> Platform.check("Linux", "amd64", true)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Platform.check("Mac OS X", "aarch64", false))
                .hasMessageContaining("this is Mac OS X aarch64;");
        assertThatThrownBy(() -> Platform.check("Linux", "aarch64", true)).isInstanceOf(PartUnavailable.class);
        assertThatThrownBy(() -> Platform.check("Linux", "amd64", false)).hasMessageContaining("without glibc");
    }
}
