package io.quorate.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A server on loopback that is broken: it accepts, and answers every HTTP request in the same wrong way, or nothing at all. */
public final class BadTarget implements AutoCloseable {

    private static final Duration BETWEEN_DRIPS = Duration.ofSeconds(1);
    private static final int DRIPS = 1 << 20;
    private static final int GARBAGE = 4 << 10;
    /** Small, so that what is sent is about what is taken. */
    private static final int SEND_BUFFER = 64 << 10;

    private static final byte[] BLANKS = new byte[1 << 20];
    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)content-length: *([0-9]+)");

    static {
        Arrays.fill(BLANKS, (byte) ' ');
    }

    /** Head and body of an answer. */
    private interface Answer {
        void give(OutputStream out) throws IOException;
    }

    private final ServerSocket server;
    private final String scheme;
    private final @Nullable Answer answer;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong mostSent = new AtomicLong();

    private BadTarget(@Nullable Answer answer) {
        this(null, answer);
    }

    private BadTarget(@Nullable SSLContext tls, @Nullable Answer answer) {
        this.answer = answer;
        this.scheme = tls == null ? "http" : "https";
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try {
            this.server = tls == null
                    ? new ServerSocket(0, 50, loopback)
                    : tls.getServerSocketFactory().createServerSocket(0, 50, loopback);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public static BadTarget answering(String status, String body) {
        return new BadTarget(answer(status, body));
    }

    /** Over TLS with whatever certificate that is. */
    public static BadTarget answering(SSLContext tls, String status, String body) {
        return new BadTarget(tls, answer(status, body));
    }

    private static Answer answer(String status, String body) {
        return out -> {
            head(out, status, body.length(), "");
            out.write(ascii(body));
        };
    }

    /** Sends whoever asks on to there. */
    public static BadTarget redirecting(String location) {
        return new BadTarget(out -> head(out, "307 Temporary Redirect", 0, "Location: " + location + "\r\n"));
    }

    /** This, and not as much again. */
    public static BadTarget answeringHalf(String beginning) {
        return new BadTarget(out -> {
            head(out, "200 OK", 2L * beginning.length(), "");
            out.write(ascii(beginning));
        });
    }

    /** Accepts, takes what it is sent, and never says anything. */
    public static BadTarget silent() {
        return new BadTarget(null);
    }

    /** With bytes that are no text, always the same. */
    public static BadTarget answeringGarbage() {
        byte[] garbage = new byte[GARBAGE];
        new Random(GARBAGE).nextBytes(garbage);
        return new BadTarget(out -> {
            head(out, "200 OK", garbage.length, "");
            out.write(garbage);
        });
    }

    /** The head at once, the body a byte a second. */
    public static BadTarget dripping(String beginning) {
        return new BadTarget(out -> {
            head(out, "200 OK", DRIPS, "");
            for (int i = 0; i < DRIPS; i++) {
                out.write(i < beginning.length() ? beginning.charAt(i) : ' ');
                pause();
            }
        });
    }

    /** This and so many MiB of blanks: a good answer, if a large one. */
    public static BadTarget answeringMebibytes(String beginning, int size) {
        return new BadTarget(out -> {
            head(out, "200 OK", beginning.length() + (long) size * BLANKS.length, "");
            out.write(ascii(beginning));
            for (int i = 0; i < size * (BLANKS.length / SEND_BUFFER); i++) {
                out.write(BLANKS, 0, SEND_BUFFER);
            }
        });
    }

    /** The same, packed to a thousandth. */
    public static BadTarget answeringPackedMebibytes(String beginning, int size) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        byte[] packedBeginning = flushed(deflater, ascii(beginning));
        flushed(deflater, BLANKS);
        // After a full flush a piece stands for itself, so it can be sent again and again.
        byte[] blanks = flushed(deflater, BLANKS);
        deflater.end();
        byte[] gzip = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0};
        return new BadTarget(out -> {
            long length = gzip.length + packedBeginning.length + (long) size * blanks.length;
            head(out, "200 OK", length, "Content-Encoding: gzip\r\n");
            out.write(gzip);
            out.write(packedBeginning);
            for (int i = 0; i < size; i++) {
                out.write(blanks);
            }
        });
    }

    public String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    public String url() {
        return scheme + "://" + address();
    }

    /** How many requests it has got. */
    public int asked() {
        return asked.get();
    }

    /** How many of those who asked have not hung up. */
    public int waiting() {
        return waiting.get();
    }

    /** The most bytes that went out as one answer; whoever asked took no more. */
    public long mostSent() {
        return mostSent.get();
    }

    @Override
    public void close() {
        try {
            server.close();
            threads.shutdownNow();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException | RejectedExecutionException closed) {
                // By close: there is nothing left to accept.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSendBufferSize(SEND_BUFFER);
            InputStream in = socket.getInputStream();
            in.readNBytes(lengthOfBody(in));
            asked.incrementAndGet();
            waiting.incrementAndGet();
            try {
                answerTo(socket);
            } finally {
                waiting.decrementAndGet();
            }
        } catch (IOException hungUp) {
            // Whoever asked had enough.
        } finally {
            open.remove(socket);
        }
    }

    private void answerTo(Socket socket) throws IOException {
        if (answer != null) {
            answer.give(new Counted(socket.getOutputStream()));
            socket.shutdownOutput();
        }
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    /** Tells how much of one answer has gone out. */
    private final class Counted extends OutputStream {

        private final OutputStream out;
        private long sent;

        private Counted(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            sent += length;
            mostSent.accumulateAndGet(sent, Math::max);
        }
    }

    /** Reads the head of a request. */
    private static int lengthOfBody(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("hung up within the head");
            }
            head.append((char) next);
        }
        Matcher length = CONTENT_LENGTH.matcher(head);
        return length.find() ? Integer.parseInt(length.group(1)) : 0;
    }

    private static void head(OutputStream out, String status, long length, String header) throws IOException {
        out.write(ascii("HTTP/1.1 " + status + "\r\nContent-Length: " + length + "\r\nConnection: close\r\n" + header
                + "\r\n"));
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(BETWEEN_DRIPS.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("closed");
        }
    }

    private static byte[] flushed(Deflater deflater, byte[] bytes) {
        deflater.setInput(bytes);
        byte[] packed = new byte[BLANKS.length];
        return Arrays.copyOf(packed, deflater.deflate(packed, 0, packed.length, Deflater.FULL_FLUSH));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
