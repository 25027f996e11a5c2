package io.quorate.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.testkit.TestAuthority;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys as openssl, cfssl and kubeadm write them. */
class PemTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "genpkey -algorithm RSA, -----BEGIN PRIVATE KEY-----, RSA",
        "genrsa -traditional 2048, -----BEGIN RSA PRIVATE KEY-----, RSA",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp384r1, -----BEGIN PRIVATE KEY-----, EC",
        "ecparam -genkey -name prime256v1, -----BEGIN EC PRIVATE KEY-----, EC",
        "genpkey -algorithm ED25519, -----BEGIN PRIVATE KEY-----, EdDSA"
    })
    void areRead(String how, String form, String algorithm) throws Exception {
        byte[] text = openssl(how);
        assertThat(new String(text, StandardCharsets.US_ASCII)).contains(form);

        PrivateKey key = Pem.key(text);

        assertThat(key.getAlgorithm()).isEqualTo(algorithm);
        Path file = Files.write(folder.resolve("key.pem"), text);
        byte[] certificate = openssl("req -x509 -subj /CN=x -key " + file);
        assertThat(Pem.belongTogether(key, Pem.certificates(certificate).get(0)))
                .isTrue();
        TestAuthority.Issued another = new TestAuthority(folder, "another").issue("x");
        assertThat(Pem.belongTogether(
                        Pem.key(Files.readAllBytes(another.key())),
                        Pem.certificates(certificate).get(0)))
                .isFalse();
    }

    @Test
    void areRefusedWhenTheyBreakOffAndNothingIsRepeated() throws Exception {
        String key = new String(openssl("genpkey -algorithm RSA"), StandardCharsets.US_ASCII);
        Map<String, String> broken = Map.of(
                key.substring(0, 300),
                "breaks off within PEM",
                key.replaceFirst("MII", "%II"),
                "breaks off within PEM",
                key.replaceFirst("MII", "=II"),
                "is damaged PEM",
                key.replaceFirst("MII", "AAA"),
                "holds no key of RSA, EC or Ed25519",
                key.replace("PRIVATE", "PUBLIC"),
                "holds no private key",
                "",
                "holds no private key");
        // The whole words, and no cause: it might repeat what it could not read.
        broken.forEach((text, words) -> assertThatThrownBy(() -> Pem.key(text.getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessage(words)
                .hasNoCause());
        assertThatThrownBy(() -> Pem.key(openssl("genpkey -algorithm RSA -aes128 -pass pass:x")))
                .hasMessageContaining("under a password");
    }

    /** As while somebody writes a second authority behind the first: half of it is not less trust. */
    @Test
    void ofWhomToTrustAreRefusedWhenTheLastBreaksOff() throws Exception {
        String one = Files.readString(new TestAuthority(folder, "one").certificate());
        String two = Files.readString(new TestAuthority(folder, "two").certificate());

        assertThat(Pem.certificates((one + two).getBytes(StandardCharsets.US_ASCII)))
                .hasSize(2);
        assertThatThrownBy(() -> Pem.certificates((one + two.substring(0, 200)).getBytes(StandardCharsets.US_ASCII)))
                .hasMessage("breaks off within PEM");
    }

    private static byte[] openssl(String arguments) throws Exception {
        Process openssl = new ProcessBuilder(("openssl " + arguments).split(" "))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return openssl.getInputStream().readAllBytes();
    }
}
