package io.quorate.desk;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The process of the ClickHouse engine: {@code LIBRARY PATH CONFIG PORT MARKER}.
 *
 * <p>The library runs the whole {@code clickhouse local} program on one thread. Its query opens the HTTP interface and then
 * holds until it is killed, which is how the engine is asked to end.
 */
final class ClickHouseEngineMain {
    private static final long STACK_BYTES = 64L << 20;
    private static final int END_MILLIS = 2_000;

    /** The library's entry points. */
    interface Chdb extends Library {
        void chdb_set_signal_handlers_enabled(int enabled);

        Pointer chdb_query_cmdline(int argc, StringArray argv);

        @Nullable
        String chdb_result_error(Pointer result);
    }

    private ClickHouseEngineMain() {}

    public static void main(String[] args) throws InterruptedException {
        String path = args[1];
        String config = args[2];
        int port = Integer.parseInt(args[3]);
        String marker = args[4];
        Chdb chdb = Native.load(args[0], Chdb.class);
        // Before anything else: the library's handlers and the JVM's would fight over the same signals.
        chdb.chdb_set_signal_handlers_enabled(0);

        String[] line = {
            "clickhouse",
            "--config-file=" + config,
            "--path=" + path,
            "--listen_host=127.0.0.1",
            "--http_port=" + port,
            "--query=SYSTEM START LISTEN HTTP; SELECT sleepEachRow(0.1) FROM system.numbers"
                    + " SETTINGS max_block_size=1, max_threads=1, log_comment='" + marker + "' FORMAT Null"
        };
        Thread engine = new Thread(null, () -> hold(chdb, line), "clickhouse", STACK_BYTES);
        engine.setDaemon(true);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(engine, port, marker), "end-clickhouse"));
        ParentWatch.begin();
        engine.start();
        engine.join();
        // Static destructors crash under what is left of a live engine: leave without them.
        LibC.CALLS._exit(1);
    }

    /** Returns only when the engine has ended; then its last word is why. */
    private static void hold(Chdb chdb, String[] line) {
        String error = chdb.chdb_result_error(chdb.chdb_query_cmdline(line.length, new StringArray(line)));
        // This process' output is the engine's log.
        try (PrintStream log =
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)) {
            log.println(error == null ? "The engine has ended" : error);
        }
    }

    static String countHolds(String marker) {
        return "SELECT count() FROM system.processes WHERE Settings['log_comment']='" + marker + "'";
    }

    private static void end(Thread engine, int port, String marker) {
        try {
            killHold(port, marker);
            engine.join(END_MILLIS);
        } catch (IOException notListening) {
            // It never came up or is already going: nothing holds it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LibC.CALLS._exit(0);
    }

    /** By HTTP/1.0, so that no kept-alive connection delays the end. */
    private static void killHold(int port, String marker) throws IOException {
        String query = "KILL QUERY WHERE Settings['log_comment']='" + marker + "' ASYNC";
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), END_MILLIS);
            socket.setSoTimeout(END_MILLIS);
            String request = "POST /?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)
                    + " HTTP/1.0\r\nContent-Length: 0\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        }
    }
}
