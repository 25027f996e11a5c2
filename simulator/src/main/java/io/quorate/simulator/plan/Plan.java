package io.quorate.simulator.plan;

import io.quorate.simulator.model.ClusterShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a fleet is and what happens to it.
 *
 * @param name of the scenario
 * @param clusters how many
 * @param prefix of their names
 * @param extensive whether members run with {@code --metrics=extensive}
 * @param labels of clusters, each with the values that they take in turn
 */
public record Plan(
        String name,
        int clusters,
        String prefix,
        ClusterShape shape,
        boolean extensive,
        Map<String, List<String>> labels,
        Collector collector,
        List<Fault> faults) {

    /** Reads a plan. */
    public static Plan read(Path file) throws IOException, InvalidPlan {
        return read(String.valueOf(file.getFileName()), Files.readString(file));
    }

    /** Reads a plan; the file's name is for the problems. */
    public static Plan read(String file, String yaml) throws InvalidPlan {
        return new PlanReader(file).read(yaml);
    }

    /** A fleet that is well. */
    public static Plan healthy() {
        try {
            return read("healthy.yaml", "schema: plan/v1\nname: healthy\n");
        } catch (InvalidPlan e) {
            throw new IllegalStateException("the shortest plan is valid", e);
        }
    }

    public Plan withClusters(int number) {
        return new Plan(name, number, prefix, shape, extensive, labels, collector, faults);
    }

    public Plan withShape(ClusterShape other) {
        return new Plan(name, clusters, prefix, other, extensive, labels, collector, faults);
    }

    public Plan withCollector(Collector other) {
        return new Plan(name, clusters, prefix, shape, extensive, labels, other, faults);
    }
}
