package io.quorate.ingest.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Makes clients of HTTP that reach peers as {@link Transport} says, with files as they are at the time of each request. */
public final class HttpTransport {

    /** Of a fleet, one connection per member: each that is not kept is made anew at every poll. */
    private static final int KEPT = 5_000;

    private HttpTransport() {}

    /** Room for a connection per member. */
    public static ConnectionPool pool() {
        return new ConnectionPool(KEPT, 1, TimeUnit.MINUTES);
    }

    /** A client to be finished with time-outs. It follows no redirect: what is shown to one must not reach another. */
    public static OkHttpClient.Builder client(Transport transport) {
        return over(new OkHttpClient(), transport);
    }

    /** The same beside others, which share what the base has: threads, and connections where no TLS is set. */
    public static OkHttpClient.Builder over(OkHttpClient base, Transport transport) {
        OkHttpClient.Builder client = base.newBuilder().followRedirects(false).followSslRedirects(false);
        HttpProxy proxy = transport.proxy();
        if (proxy != null) {
            // Unresolved, so that its name is looked up again for each connection.
            client.proxy(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.host(), proxy.port())));
        }
        Tls tls = transport.tls();
        if (tls != null) {
            TlsFiles files = new TlsFiles(tls);
            // Of its own: a change of the files closes what is idle in it.
            ConnectionPool pool = pool();
            HostnameVerifier usual = base.hostnameVerifier();
            String name = tls.serverName();
            client.connectionPool(pool)
                    .sslSocketFactory(new Sockets(files, name), new NeverAsked())
                    .addInterceptor(new Renewal(files, pool));
            if (tls.insecure()) {
                client.hostnameVerifier((host, session) -> true);
            } else if (name != null) {
                client.hostnameVerifier((host, session) -> usual.verify(name, session));
            }
        }
        Authorization authorization = transport.authorization();
        if (authorization != null) {
            client.addInterceptor(new Showing(authorization.header()));
        }
        return client;
    }

    /** Shows the authorization as it is now. */
    private record Showing(Rereading<String> header) implements Interceptor {

        @Override
        public Response intercept(Chain chain) throws IOException {
            Request request = chain.request()
                    .newBuilder()
                    .header("Authorization", header.current())
                    .build();
            return chain.proceed(request);
        }
    }

    /** Lets go of connections that were made with what the files held before. */
    private static final class Renewal implements Interceptor {

        private final TlsFiles files;
        private final ConnectionPool pool;
        private final AtomicReference<TlsFiles.@Nullable Read> last = new AtomicReference<>();

        private Renewal(TlsFiles files, ConnectionPool pool) {
            this.files = files;
            this.pool = pool;
        }

        @Override
        public Response intercept(Chain chain) throws IOException {
            TlsFiles.Read now = files.current();
            if (last.getAndSet(now) != now) {
                pool.evictAll();
            }
            return chain.proceed(chain.request());
        }
    }

    /** Makes each connection with what the files hold then, under the name that the certificate must carry. */
    private static final class Sockets extends SSLSocketFactory {

        private final TlsFiles files;
        private final @Nullable String serverName;

        private Sockets(TlsFiles files, @Nullable String serverName) {
            this.files = files;
            this.serverName = serverName;
        }

        @Override
        public Socket createSocket(Socket connected, String host, int port, boolean autoClose) throws IOException {
            return files.current()
                    .context()
                    .getSocketFactory()
                    .createSocket(connected, serverName == null ? host : serverName, port, autoClose);
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return ((SSLSocketFactory) getDefault()).getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return ((SSLSocketFactory) getDefault()).getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            throw unconnected();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            throw unconnected();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            throw unconnected();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            throw unconnected();
        }

        private static SocketException unconnected() {
            return new SocketException("only over a connection that stands");
        }
    }

    /** The client wants one for pinned certificates, of which there are none; trust is judged in the handshake. */
    private static final class NeverAsked implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("asked for a client's certificate");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("asked outside of a handshake");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
