package io.quorate.sinks.receivers.email;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A server of mail that says what a test tells it to, in the clear, over TLS, or with STARTTLS. */
final class FakeSmtp implements AutoCloseable {

    private final ServerSocket server;
    private final SSLContext tls;
    private final boolean startsTls;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<String> heardInTheClear = new CopyOnWriteArrayList<>();

    /**
     * @param tls null for none
     * @param startsTls whether it begins in the clear
     */
    FakeSmtp(SSLContext tls, boolean startsTls) throws IOException {
        this.tls = tls;
        this.startsTls = startsTls;
        InetAddress loopback = InetAddress.getLoopbackAddress();
        this.server = tls == null || startsTls
                ? new ServerSocket(0, 5, loopback)
                : tls.getServerSocketFactory().createServerSocket(0, 5, loopback);
        threads.execute(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** To lines that begin so. */
    void answers(String beginning, String line) {
        answers.put(beginning, line);
    }

    /** Every command, of all conversations. */
    List<String> heard() {
        return heard;
    }

    List<String> heardInTheClear() {
        return heardInTheClear;
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> converse(socket));
            } catch (IOException | RejectedExecutionException closed) {
                return;
            }
        }
    }

    private void converse(Socket accepted) {
        try (Socket socket = accepted) {
            say(socket, "220 fake ready");
            Socket speaking = socket;
            BufferedReader in = reader(speaking);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                heard.add(line);
                if (!(speaking instanceof SSLSocket)) {
                    heardInTheClear.add(line);
                }
                if (line.equals("STARTTLS")) {
                    say(speaking, "220 go ahead");
                    SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(speaking, null, 0, true);
                    secured.setUseClientMode(false);
                    speaking = secured;
                    in = reader(speaking);
                } else if (line.equals("DATA")) {
                    say(speaking, "354 go on");
                    while (!".".equals(in.readLine())) {
                        // The letter.
                    }
                    say(speaking, "250 taken");
                } else {
                    say(speaking, answer(line, speaking instanceof SSLSocket));
                }
            }
        } catch (IOException hungUp) {
            // Whoever spoke had enough.
        }
    }

    private String answer(String line, boolean isSecured) {
        for (Map.Entry<String, String> scripted : answers.entrySet()) {
            if (line.startsWith(scripted.getKey())) {
                return scripted.getValue();
            }
        }
        if (line.startsWith("EHLO")) {
            return startsTls && !isSecured ? "250-fake\r\n250 STARTTLS" : "250-fake\r\n250 AUTH PLAIN";
        }
        return line.startsWith("AUTH") ? "235 welcome" : line.equals("QUIT") ? "221 bye" : "250 ok";
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    private static void say(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }
}
