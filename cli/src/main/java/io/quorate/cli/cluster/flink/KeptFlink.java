package io.quorate.cli.cluster.flink;

import io.quorate.cli.kept.Keeper;
import io.quorate.cli.kept.Revival;
import io.quorate.desk.Child;
import io.quorate.desk.FlinkSession;
import io.quorate.desk.Home;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is kept of a session cluster.
 *
 * @param urls of its JobManagers
 * @param metrics where each process shows its metrics, by its name
 * @param pids of its processes, by their names
 */
public record KeptFlink(List<String> urls, Map<String, String> metrics, Map<String, Long> pids) {

    private static final Logger LOG = LoggerFactory.getLogger(KeptFlink.class);

    /** Who keeps the one of this home. */
    public static Keeper keeper(Home home) {
        return new Keeper(home, "flink");
    }

    /** As words for the process that keeps it; {@link #main} reads them. */
    static List<String> arguments(FlinkSession.Options options) {
        return List.of(
                options.lib().toString(),
                Integer.toString(options.jobManagers()),
                Integer.toString(options.taskManagers()),
                Integer.toString(options.slots()),
                Integer.toString(options.restPort()),
                Integer.toString(options.metricsPort()),
                Integer.toString(options.heapMiB()));
    }

    public static void main(String[] args) throws Exception {
        Home home = Home.at(Path.of(args[0]));
        FlinkSession.Options options = new FlinkSession.Options(
                Path.of(args[1]),
                Integer.parseInt(args[2]),
                Integer.parseInt(args[3]),
                Integer.parseInt(args[4]),
                Integer.parseInt(args[5]),
                Integer.parseInt(args[6]),
                Integer.parseInt(args[7]));
        keeper(home).keep(new Care(home, options));
    }

    private static KeptFlink of(FlinkSession session) {
        Map<String, Long> pids = new LinkedHashMap<>();
        session.processes().forEach((name, child) -> pids.put(name, child.pid()));
        return new KeptFlink(session.restUrls(), session.metricsUrls(), pids);
    }

    private static final class Care implements Keeper.Care<KeptFlink> {

        private final Home home;
        private final FlinkSession.Options options;
        private final Map<String, Revival> revivals = new HashMap<>();
        private @Nullable FlinkSession session;

        Care(Home home, FlinkSession.Options options) {
            this.home = home;
            this.options = options;
        }

        @Override
        public KeptFlink start() {
            session = FlinkSession.start(home, options);
            Instant now = Instant.now();
            session.processes().keySet().forEach(name -> revivals.put(name, Revival.startedAt(now)));
            return of(session);
        }

        @Override
        public KeptFlink look(KeptFlink told) {
            FlinkSession running = Objects.requireNonNull(session);
            Instant now = Instant.now();
            running.processes().values().stream()
                    .filter(child -> !child.alive())
                    .map(Child::name)
                    .forEach(name -> revive(running, name, now));
            return of(running);
        }

        private void revive(FlinkSession running, String name, Instant now) {
            Revival before = Objects.requireNonNull(revivals.get(name), name);
            Revival revival = before.ended(now);
            if (revival != before) {
                LOG.warn("{} has ended; it is started again at {}", name, revival.due());
            }
            if (revival.ripe(now)) {
                running.startAgain(name);
                revival = revival.startedAgain(now);
            }
            revivals.put(name, revival);
        }

        @Override
        public void stop() {
            if (session != null) {
                session.close();
            }
        }
    }
}
