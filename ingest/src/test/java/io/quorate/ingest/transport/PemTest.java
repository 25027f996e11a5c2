package io.quorate.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.testkit.TestAuthority;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
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
        for (String broken : new String[] {
            key.substring(0, 300),
            key.replaceFirst("M", "%"),
            key.replace("A", ""),
            key.replace("PRIVATE", "PUBLIC"),
            ""
        }) {
            assertThatThrownBy(() -> Pem.key(broken.getBytes(StandardCharsets.US_ASCII)))
                    .isInstanceOf(GeneralSecurityException.class)
                    .message()
                    .doesNotContain(key.substring(60, 80));
        }
        assertThatThrownBy(() -> Pem.key(openssl("genpkey -algorithm RSA -aes128 -pass pass:x")))
                .hasMessageContaining("under a password");
    }

    private static byte[] openssl(String arguments) throws Exception {
        Process openssl = new ProcessBuilder(("openssl " + arguments).split(" "))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return openssl.getInputStream().readAllBytes();
    }
}
