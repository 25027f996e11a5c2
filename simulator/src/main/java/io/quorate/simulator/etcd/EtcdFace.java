package io.quorate.simulator.etcd;

import io.quorate.simulator.model.Cluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The gRPC side of a fleet: a port on loopback for each member. Status, member list and alarm list are answered; to anything
 * else a member says that it is not implemented.
 */
public final class EtcdFace implements AutoCloseable {

    private static final int THREADS = 4;
    /** Kept, else its level would be forgotten: gRPC greets whoever reads standard error with what it found to work with. */
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    static {
        GRPC.setLevel(Level.WARNING);
    }

    private final Map<Cluster, List<Door>> doors = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    private EtcdFace() {}

    /**
     * Opens the ports.
     *
     * @param firstPort of the first member, the next has the next; 0 for free ones
     */
    public static EtcdFace open(List<Seat> seats, int firstPort) throws IOException {
        EtcdFace face = new EtcdFace();
        for (Seat seat : seats) {
            face.doors
                    .computeIfAbsent(seat.cluster(), unseen -> new ArrayList<>())
                    .add(new Door(seat, face.threads));
        }
        int port = firstPort;
        try {
            for (List<Door> cluster : face.doors.values()) {
                for (Door door : cluster) {
                    door.open(port, new MaintenanceFace(door), new ClusterFace(door, cluster));
                    port += firstPort == 0 ? 0 : 1;
                }
            }
        } catch (IOException e) {
            face.close();
            String which = port == 0 ? "a free port" : "port " + port;
            throw new IOException(
                    which + " for a member cannot be opened (" + e.getMessage() + "); expected one for each of "
                            + seats.size() + " members",
                    e);
        }
        return face;
    }

    /** Does as the processes did since the last look: ports close and open, and who waits for a member that goes on is answered. */
    public void follow() {
        doors.values().forEach(cluster -> cluster.forEach(Door::follow));
    }

    /** The addresses of the members of this cluster, such as {@code http://127.0.0.1:2379}. */
    public List<String> endpoints(Cluster cluster) {
        return doors.getOrDefault(cluster, List.of()).stream().map(Door::url).toList();
    }

    @Override
    public void close() {
        List<Door> all = doors.values().stream().flatMap(List::stream).toList();
        all.forEach(Door::close);
        try {
            for (Door door : all) {
                door.awaitClosed();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdown();
    }
}
