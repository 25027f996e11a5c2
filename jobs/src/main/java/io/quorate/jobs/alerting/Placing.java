package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import io.quorate.sinks.receivers.PlacedAlert;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Adds what is known of the cluster and the member that an alert is about. What is not known holds no alert back. */
final class Placing extends KeyedCoProcessFunction<String, Alert, Place, PlacedAlert> {

    private static final long serialVersionUID = 1;

    /** Labels of the alert itself; a cluster's own label of such a name is not taken. */
    static final String ALERTNAME = "alertname";

    static final String SEVERITY = "severity";
    static final String CLUSTER = "cluster";
    static final String MEMBER = "member";

    private transient ValueState<Place> roster;
    private transient ValueState<Place> leader;

    @Override
    public void open(OpenContext context) {
        roster = getRuntimeContext().getState(new ValueStateDescriptor<>("roster", TypeInformation.of(Place.class)));
        leader = getRuntimeContext().getState(new ValueStateDescriptor<>("leader", TypeInformation.of(Place.class)));
    }

    @Override
    public void processElement2(Place place, Context context, Collector<PlacedAlert> out) throws Exception {
        ValueState<Place> state = place.roster() == null ? leader : roster;
        Place known = state.value();
        if (known == null || !place.at().isBefore(known.at())) {
            state.update(place);
        }
    }

    @Override
    public void processElement1(Alert alert, Context context, Collector<PlacedAlert> out) throws Exception {
        Place belongs = roster.value();
        Place leads = leader.value();
        ClusterRoster known = belongs == null ? null : belongs.roster();
        ClusterRoster.Member member = known == null ? null : memberOf(alert, known);
        out.collect(new PlacedAlert(
                alert,
                labels(alert, known),
                member == null ? null : host(member),
                role(alert, member, leads == null ? null : leads.leader()),
                null));
    }

    private static Map<String, String> labels(Alert alert, @Nullable ClusterRoster known) {
        Map<String, String> labels = new TreeMap<>(known == null ? Map.of() : known.labels());
        labels.put(ALERTNAME, alert.rule());
        labels.put(SEVERITY, alert.severity().name().toLowerCase(Locale.ROOT));
        labels.put(CLUSTER, alert.cluster());
        labels.remove(MEMBER);
        if (alert.member() != null) {
            labels.put(MEMBER, alert.member());
        }
        return labels;
    }

    private static ClusterRoster.@Nullable Member memberOf(Alert alert, ClusterRoster known) {
        return known.members().stream()
                .filter(member -> member.memberId().equals(alert.memberId())
                        || (!member.name().isEmpty() && member.name().equals(alert.member())))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String host(ClusterRoster.Member member) {
        if (member.clientUrls().isEmpty()) {
            return null;
        }
        try {
            return URI.create(member.clientUrls().get(0)).getAuthority();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable String role(Alert alert, ClusterRoster.@Nullable Member member, @Nullable String leader) {
        if (alert.member() == null) {
            return null;
        }
        if (member != null && member.learner()) {
            return "learner";
        }
        return leader == null ? null : leader.equals(alert.member()) ? "leader" : "follower";
    }
}
