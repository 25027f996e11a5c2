package io.quorate.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate authority for one test, by the machine's openssl. */
public final class TestAuthority {

    /** Files of PEM. */
    public record Issued(Path certificate, Path key) {

        /** Puts both in the place of others, as whoever rotates certificates does: each at once, one after the other. */
        public void replace(Issued others) {
            move(certificate, others.certificate());
            move(key, others.key());
        }

        /** For a server that shows this. */
        public SSLContext context() {
            try (InputStream pem = Files.newInputStream(certificate)) {
                Certificate shown = CertificateFactory.getInstance("X.509").generateCertificate(pem);
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry("shown", privateKey(), new char[0], new Certificate[] {shown});
                KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                keys.init(store, new char[0]);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(keys.getKeyManagers(), null, null);
                return context;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(certificate + " cannot be shown", e);
            }
        }

        private PrivateKey privateKey() throws IOException, GeneralSecurityException {
            String base64 = Files.readString(key).replaceAll("-----[A-Z ]+-----|\\s", "");
            return KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
        }
    }

    private static final List<String> NEW_KEY =
            List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes");

    private final Path folder;
    private final Path key;

    /** Its files go below that folder, under its name. */
    public TestAuthority(Path folder, String name) {
        try {
            this.folder = Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.key = this.folder.resolve("ca-key.pem");
        openssl(
                List.of("req", "-x509", "-days", "2", "-subj", "/CN=" + name),
                NEW_KEY,
                List.of("-keyout", key.toString(), "-out", certificate().toString()));
    }

    public Path certificate() {
        return folder.resolve("ca.pem");
    }

    /** For that name and for 127.0.0.1, for two days. */
    public Issued issue(String name) {
        return issue(name, "DNS:" + name + ",IP:127.0.0.1", 2);
    }

    /** Of yesterday. */
    public Issued issueExpired(String name) {
        return issue(name, "DNS:" + name + ",IP:127.0.0.1", -1);
    }

    /** For that name alone, under which nobody asks a test's server. */
    public Issued issueForNameAlone(String name) {
        return issue(name, "DNS:" + name, 2);
    }

    private Issued issue(String name, String names, int days) {
        Path request = folder.resolve(name + ".csr");
        Issued issued = new Issued(folder.resolve(name + ".pem"), folder.resolve(name + "-key.pem"));
        openssl(
                List.of("req", "-subj", "/CN=" + name, "-addext", "subjectAltName=" + names),
                NEW_KEY,
                List.of("-keyout", issued.key().toString(), "-out", request.toString()));
        openssl(
                List.of("x509", "-req", "-days", String.valueOf(days), "-copy_extensions", "copy"),
                List.of("-CA", certificate().toString(), "-CAkey", key.toString(), "-CAcreateserial"),
                List.of("-in", request.toString(), "-out", issued.certificate().toString()));
        return issued;
    }

    private static void move(Path from, Path to) {
        try {
            Path beside =
                    Files.copy(from, to.resolveSibling(to.getFileName() + ".new"), StandardCopyOption.REPLACE_EXISTING);
            Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SafeVarargs
    private static void openssl(List<String>... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        for (List<String> some : arguments) {
            command.addAll(some);
        }
        try {
            Process openssl =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (openssl.waitFor() != 0) {
                throw new IllegalStateException(command + " failed: " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("these tests make certificates by openssl, which cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
