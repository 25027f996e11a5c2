package io.quorate.sinks.receivers.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.function.Consumer;
import javax.net.SocketFactory;

/** Makes sockets that check where they go when they go there. */
final class CheckingSockets extends SocketFactory {

    private final Destinations destinations;
    private final Consumer<Socket> watcher;

    CheckingSockets(Destinations destinations, Consumer<Socket> watcher) {
        this.destinations = destinations;
        this.watcher = watcher;
    }

    @Override
    public Socket createSocket() {
        Socket made = new CheckingSocket(destinations);
        watcher.accept(made);
        return made;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(createSocket(), new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(createSocket(), new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
        return connected(bound(from, fromPort), new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
        return connected(bound(from, fromPort), new InetSocketAddress(host, port));
    }

    private Socket bound(InetAddress from, int port) throws IOException {
        Socket socket = createSocket();
        socket.bind(new InetSocketAddress(from, port));
        return socket;
    }

    private static Socket connected(Socket socket, InetSocketAddress to) throws IOException {
        socket.connect(to);
        return socket;
    }

    private static final class CheckingSocket extends Socket {

        private final Destinations destinations;

        private CheckingSocket(Destinations destinations) {
            super(Proxy.NO_PROXY);
            this.destinations = destinations;
        }

        @Override
        public void connect(SocketAddress endpoint) throws IOException {
            connect(endpoint, 0);
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            if (!(endpoint instanceof InetSocketAddress internet)) {
                throw new DestinationRefused("its address is none of a network; expected host and port");
            }
            if (internet.isUnresolved()) {
                throw new UnknownHostException("the name was not found");
            }
            destinations.check(internet.getAddress());
            super.connect(endpoint, timeout);
        }
    }
}
