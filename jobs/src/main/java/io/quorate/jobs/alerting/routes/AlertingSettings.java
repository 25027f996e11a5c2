package io.quorate.jobs.alerting.routes;

import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.heartbeat.HeartbeatSettings;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of alerts, and how.
 *
 * @param receivers none: alerts are only recorded
 * @param routes in the order in which they are asked; the last one takes all that comes to it
 * @param heartbeat where somebody else notices that we are silent; null for nowhere
 * @param pipelineBehind how far a stage of our own may fall behind before somebody is told
 */
public record AlertingSettings(
        List<ReceiverSettings> receivers,
        List<Route> routes,
        @Nullable HeartbeatSettings heartbeat,
        Duration pipelineBehind)
        implements Serializable {

    public static final Duration DEFAULT_PIPELINE_BEHIND = Duration.ofSeconds(60);

    private static final Duration SHORTEST_BEHIND = Duration.ofSeconds(10);

    public AlertingSettings {
        receivers = List.copyOf(receivers);
        routes = List.copyOf(routes);
        Objects.requireNonNull(pipelineBehind, "pipelineBehind");
        if (pipelineBehind.compareTo(SHORTEST_BEHIND) < 0) {
            throw new IllegalArgumentException("alerting.pipeline-behind: " + pipelineBehind.toMillis()
                    + "ms, expected at least " + SHORTEST_BEHIND.toSeconds() + "s, as windows close no sooner");
        }
        if (!receivers.isEmpty() && routes.isEmpty()) {
            throw new IllegalArgumentException(
                    "alerting.routes: none, expected at least one where there are receivers");
        }
        Set<String> known = new HashSet<>();
        for (ReceiverSettings receiver : receivers) {
            if (!known.add(receiver.name())) {
                throw new IllegalArgumentException(
                        "alerting.receivers: " + receiver.name() + " stands twice, expected a name each");
            }
        }
        for (Route route : routes) {
            for (String name : route.told()) {
                if (!known.contains(name)) {
                    throw new IllegalArgumentException("alerting.routes: " + route.name() + " tells " + name
                            + ", which is no receiver, expected one of " + known);
                }
            }
        }
    }

    /** Every alert to all of these, with every default. */
    public static AlertingSettings toAll(List<ReceiverSettings> receivers) {
        return new AlertingSettings(receivers, routesToAll(receivers), null, DEFAULT_PIPELINE_BEHIND);
    }

    /** The one route where none is named. */
    public static List<Route> routesToAll(List<ReceiverSettings> receivers) {
        return receivers.isEmpty()
                ? List.of()
                : List.of(Route.toAll(
                        receivers.stream().map(ReceiverSettings::name).toList()));
    }
}
