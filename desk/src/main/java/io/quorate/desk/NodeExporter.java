package io.quorate.desk;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A real node-exporter on loopback, which shows this machine. */
public final class NodeExporter implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(30);
    private static final int TRIES = 3;

    private final Child child;
    private final int port;

    private NodeExporter(Child child, int port) {
        this.child = child;
        this.port = port;
    }

    /** Starts it on a free port; waits until it shows its page. */
    public static NodeExporter start(Home home, String name) {
        String program = Parts.of(home).nodeExporter().toString();
        for (int attempt = 1; ; attempt++) {
            int port = FreePorts.asked("node-exporter", 0);
            Child child = Processes.spawn(
                    home,
                    name,
                    List.of(program, "--web.listen-address=127.0.0.1:" + port, "--log.level=warn"),
                    home.log(name),
                    Map.of());
            try {
                Readiness.await(
                        child,
                        START,
                        () -> Readiness.get("http://127.0.0.1:" + port + "/metrics")
                                .isPresent());
                return new NodeExporter(child, port);
            } catch (PartUnavailable e) {
                child.close();
                if (attempt == TRIES || !e.portTaken()) {
                    throw e;
                }
            }
        }
    }

    /** As Prometheus writes it: {@code 127.0.0.1:9100}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        child.close();
    }
}
