package io.quorate.ingest.transport;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** What the files of {@link Tls} hold, read again when they change. */
public final class TlsFiles {

    /**
     * As it was at one time; another one after each change, so that nothing of before is used by mistake.
     *
     * @param trust null for the system's
     */
    public record Read(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, SSLContext context) {}

    private static final char[] IN_MEMORY = {};

    private final Rereading<Read> reading;

    public TlsFiles(Tls tls) {
        List<Rereading.Named> files = new ArrayList<>();
        if (tls.ca() != null) {
            files.add(new Rereading.Named("tls.ca", tls.ca()));
        }
        if (tls.certificate() != null && tls.key() != null) {
            files.add(new Rereading.Named("tls.certificate", tls.certificate()));
            files.add(new Rereading.Named("tls.key", tls.key()));
        }
        this.reading = new Rereading<>("tls", files, contents -> read(tls, files, contents));
    }

    /**
     * The latest that could be used; the same object as long as nothing changes.
     *
     * @throws CredentialTrouble when there never was any
     */
    public Read current() throws CredentialTrouble {
        return reading.current();
    }

    private static Read read(Tls tls, List<Rereading.Named> files, List<byte[]> contents) throws CredentialTrouble {
        int next = 0;
        String suspect = "tls";
        try {
            TrustManager @Nullable [] trust = tls.insecure() ? new TrustManager[] {new Anybody()} : null;
            if (tls.ca() != null) {
                suspect = shown(files.get(next));
                trust = trusting(Pem.certificates(contents.get(next++)));
            }
            KeyManager @Nullable [] keys = null;
            if (tls.certificate() != null) {
                suspect = shown(files.get(next));
                List<X509Certificate> chain = Pem.certificates(contents.get(next++));
                suspect = shown(files.get(next));
                PrivateKey key = Pem.key(contents.get(next));
                if (!Pem.belongTogether(key, chain.get(0))) {
                    throw new GeneralSecurityException("is not the key of the certificate in " + tls.certificate());
                }
                keys = showing(chain, key);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return new Read(keys, trust, context);
        } catch (GeneralSecurityException | IOException e) {
            throw new CredentialTrouble("tls", suspect + " " + said(e) + "; expected whole PEM");
        }
    }

    private static String shown(Rereading.Named file) {
        return file.key() + " " + file.path();
    }

    private static String said(Exception e) {
        // What parsers of the JDK say may repeat what they parsed.
        return e.getClass().getPackageName().startsWith("java.security") && e.getCause() == null
                ? String.valueOf(e.getMessage())
                : "cannot be used (" + e.getClass().getSimpleName() + ")";
    }

    private static TrustManager[] trusting(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("ca-" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] showing(List<X509Certificate> chain, PrivateKey key)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry("client", key, IN_MEMORY, chain.toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, IN_MEMORY);
        return factory.getKeyManagers();
    }

    /** For {@code insecure}: also the name goes unverified, as that is left to who extends this type. */
    private static final class Anybody extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
