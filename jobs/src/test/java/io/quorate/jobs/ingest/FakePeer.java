package io.quorate.jobs.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** A peer that is broken: it accepts, and answers every HTTP request in the same wrong way, or nothing at all. */
final class FakePeer implements AutoCloseable {

    private static final byte[] BEGINNING =
            ascii("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[");
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
    private final @Nullable Answer answer;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private FakePeer(@Nullable Answer answer) {
        this.answer = answer;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    static FakePeer answering(String status, String body) {
        return new FakePeer(out -> {
            head(out, status, body.length(), "");
            out.write(ascii(body));
        });
    }

    static FakePeer answeringHalf() {
        return new FakePeer(out -> {
            head(out, "200 OK", 2 * BEGINNING.length, "");
            out.write(BEGINNING);
        });
    }

    /** Accepts, takes what it is sent, and never says anything. */
    static FakePeer silent() {
        return new FakePeer(null);
    }

    /** So many MiB that would be a good answer, if a large one. */
    static FakePeer answeringMebibytes(int size) {
        return new FakePeer(out -> {
            head(out, "200 OK", BEGINNING.length + (long) size * BLANKS.length, "");
            out.write(BEGINNING);
            for (int i = 0; i < size; i++) {
                out.write(BLANKS);
            }
        });
    }

    /** The same, packed to a thousandth. */
    static FakePeer answeringPackedMebibytes(int size) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        byte[] beginning = flushed(deflater, BEGINNING);
        flushed(deflater, BLANKS);
        // After a full flush a piece stands for itself, so it can be sent again and again.
        byte[] blanks = flushed(deflater, BLANKS);
        deflater.end();
        byte[] gzip = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0};
        return new FakePeer(out -> {
            long length = gzip.length + beginning.length + (long) size * blanks.length;
            head(out, "200 OK", length, "Content-Encoding: gzip\r\n");
            out.write(gzip);
            out.write(beginning);
            for (int i = 0; i < size; i++) {
                out.write(blanks);
            }
        });
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    String url() {
        return "http://" + address();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            server.close();
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
            } catch (IOException closed) {
                // By close: there is nothing left to accept.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            if (answer != null) {
                in.readNBytes(lengthOfBody(in));
                answer.give(socket.getOutputStream());
                socket.shutdownOutput();
            }
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException hungUp) {
            // Whoever asked had enough.
        } finally {
            open.remove(socket);
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
        out.write(ascii("HTTP/1.1 " + status + "\r\nContent-Length: " + length + "\r\n" + header + "\r\n"));
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
