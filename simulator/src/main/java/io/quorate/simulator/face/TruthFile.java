package io.quorate.simulator.face;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Election;
import io.quorate.simulator.model.Member;
import io.quorate.simulator.model.Time;
import io.quorate.simulator.plan.Plan;
import io.quorate.simulator.plan.Script;
import io.quorate.simulator.plan.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What truly happened, in the format of the truth beside a recording; {@code truth.schema.json} says it exactly. */
public final class TruthFile {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    record OfCluster(Cluster cluster, Truth truth) {}

    /** A leader that a cluster had: when it was elected, by seconds since the epoch. */
    public record Leader(double t, String cluster, String leader, long term) {}

    private final Plan plan;
    private final long seed;
    private final double from;
    private final double to;
    private final long warmUp;
    private final List<OfCluster> clusters;

    TruthFile(Plan plan, long seed, double from, double to, long warmUp, List<OfCluster> clusters) {
        this.plan = plan;
        this.seed = seed;
        this.from = from;
        this.to = to;
        this.warmUp = warmUp;
        this.clusters = clusters;
    }

    /** Every leader, in order of time; the first one of a cluster comes before the recording. */
    public List<Leader> leaders() {
        List<Leader> leaders = new ArrayList<>();
        for (OfCluster one : clusters) {
            for (Election election : one.cluster().elections()) {
                leaders.add(new Leader(
                        millis(election.at() - warmUp), one.cluster().name(), election.leader(), election.term()));
            }
        }
        leaders.sort(Comparator.comparingDouble(Leader::t).thenComparing(Leader::cluster));
        return leaders;
    }

    /** The leader changes: leaders that came while it was recorded. */
    public List<Leader> leaderChanges() {
        return leaders().stream()
                .filter(leader -> leader.t() > from && leader.t() < to)
                .toList();
    }

    public void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(json()) + "\n");
    }

    ObjectNode json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("schema", "truth/v1");
        root.put("scenario", plan.name());
        root.put("seed", seed);
        root.put("t0", from);
        root.put("t1", to);
        ArrayNode described = root.putArray("clusters");
        for (OfCluster one : clusters) {
            ObjectNode cluster = described.addObject();
            cluster.put("cluster", one.cluster().name());
            cluster.put("id", one.cluster().hexId());
            ObjectNode labels = cluster.putObject("labels");
            one.cluster().labels().forEach(labels::put);
            ArrayNode members = cluster.putArray("members");
            for (Member member : one.cluster().members()) {
                members.addObject()
                        .put("member", member.name())
                        .put("id", member.hexId())
                        .put("az", Script.zone(member));
            }
        }
        ArrayNode events = root.putArray("events");
        for (OfCluster one : clusters) {
            for (Truth.Event event : one.truth().events()) {
                ObjectNode node = events.addObject();
                node.put("t", millis(event.at()));
                node.put("event", event.event());
                node.put("fault", event.fault());
                node.put("cluster", one.cluster().name());
                ArrayNode members = node.putArray("members");
                event.members().forEach(members::add);
                if (event.members().size() == 1) {
                    node.put("member", event.members().get(0));
                }
            }
        }
        ArrayNode leaders = root.putArray("leaders_from_log");
        for (Leader leader : leaders()) {
            leaders.addObject()
                    .put("t", leader.t())
                    .put("cluster", leader.cluster())
                    .put("leader", leader.leader())
                    .put("term", leader.term());
        }
        return root;
    }

    private double millis(long sinceBeginning) {
        return Math.rint((from + Time.seconds(sinceBeginning)) * 1000) / 1000;
    }
}
