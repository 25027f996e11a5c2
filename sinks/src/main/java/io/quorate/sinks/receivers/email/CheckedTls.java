package io.quorate.sinks.receivers.email;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/** TLS over connections that were checked where they go, with the authorities that this machine trusts. */
final class CheckedTls extends SSLSocketFactory {

    private final SocketFactory plain;
    private final SSLSocketFactory tls;

    CheckedTls(SocketFactory plain) {
        this.plain = plain;
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            this.tls = context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    /** Not connected yet; the mail client connects it, and comes back to have it wrapped. */
    @Override
    public Socket createSocket() throws IOException {
        return plain.createSocket();
    }

    @Override
    public Socket createSocket(Socket connected, String host, int port, boolean closesIt) throws IOException {
        return tls.createSocket(connected, host, port, closesIt);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return tls.createSocket(plain.createSocket(host, port), host, port, true);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return tls.createSocket(plain.createSocket(host, port), host.getHostAddress(), port, true);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
        return tls.createSocket(plain.createSocket(host, port, from, fromPort), host, port, true);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
        return tls.createSocket(plain.createSocket(host, port, from, fromPort), host.getHostAddress(), port, true);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return tls.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.getSupportedCipherSuites();
    }
}
