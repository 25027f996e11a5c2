package io.quorate.simulator.face;

import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.RandomStream;
import io.quorate.simulator.plan.Plan;
import io.quorate.simulator.plan.Script;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The clusters of a plan, named and labelled. */
final class Fleet {

    /** A cluster and what is done to it; {@code random} is for whoever looks at it. */
    record Scripted(Cluster cluster, Script script, RandomStream random) {}

    private final Plan plan;

    private Fleet(Plan plan) {
        this.plan = plan;
    }

    static List<Scripted> of(Plan plan, long seed, long beginning) {
        Fleet fleet = new Fleet(plan);
        RandomStream random = new RandomStream(seed);
        List<Scripted> clusters = new ArrayList<>();
        for (int i = 0; i < plan.clusters(); i++) {
            RandomStream own = random.split(i);
            Cluster cluster = new Cluster(fleet.name(i), fleet.labels(i), plan.shape(), own);
            clusters.add(new Scripted(cluster, new Script(plan, cluster, beginning), own.split(7)));
        }
        return clusters;
    }

    private String name(int i) {
        if (plan.clusters() == 1) {
            return plan.name();
        }
        String number = String.valueOf(i);
        return plan.prefix() + "0".repeat(Math.max(0, 5 - number.length())) + number;
    }

    private Map<String, String> labels(int i) {
        Map<String, String> labels = new LinkedHashMap<>();
        int each = i;
        for (Map.Entry<String, List<String>> label : plan.labels().entrySet()) {
            int values = label.getValue().size();
            labels.put(label.getKey(), label.getValue().get(each % values));
            each /= values;
        }
        return labels;
    }
}
