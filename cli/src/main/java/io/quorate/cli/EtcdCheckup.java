package io.quorate.cli;

import io.quorate.ingest.etcd.EtcdProbe;
import io.quorate.ingest.etcd.EtcdSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether the endpoints of one cluster are members of etcd, of the same cluster, and all of its members. */
final class EtcdCheckup {

    /** Where the endpoints of a cluster come from that the settings list. */
    static final String LISTED = "ingest.etcd.endpoints";

    private final EtcdSettings settings;
    private final String part;
    private final String origin;
    private final Map<String, Looking.Begun<Told>> looks = new LinkedHashMap<>();
    private final List<EtcdProbe.Answer> answers = new ArrayList<>();
    private Count count = Count.NONE;

    /** What one endpoint told of itself, if anything. */
    private record Told(Finding finding, EtcdProbe.@Nullable Answer answer) {}

    private EtcdCheckup(EtcdSettings settings, String origin) {
        this.settings = settings;
        this.part = "etcd " + settings.cluster();
        this.origin = origin;
    }

    /**
     * Begins to ask its endpoints.
     *
     * @param origin where these come from, for who has to mend that
     * @param turn its number in the list that it is of
     * @param patience with each
     */
    static EtcdCheckup begin(EtcdSettings settings, String origin, int turn, Duration patience, Looking looking) {
        EtcdCheckup cluster = new EtcdCheckup(settings, origin);
        for (String endpoint : settings.endpoints()) {
            cluster.looks.put(
                    endpoint,
                    looking.begin(
                            turn,
                            patience,
                            within -> cluster.ask(endpoint, within),
                            thrown -> cluster.missed(endpoint, "error", thrown + "; check the address")));
        }
        return cluster;
    }

    String part() {
        return part;
    }

    String cluster() {
        return settings.cluster();
    }

    private Told ask(String endpoint, Duration patience) throws InterruptedException {
        try {
            EtcdProbe.Answer answer = EtcdProbe.ask(settings, endpoint, patience);
            String what = endpoint + ": member " + (answer.name().isEmpty() ? answer.memberId() : answer.name())
                    + ", version " + answer.version() + ", " + answer.role() + ", term " + answer.raftTerm();
            return new Told(
                    answer.role().equals(Sight.NO_LEADER)
                            ? Finding.note(part, what).because("no-leader")
                            : Finding.ok(part, what).alikeTo("endpoints answer"),
                    answer);
        } catch (EtcdProbe.NoAnswer e) {
            return missed(endpoint, e.failure(), String.valueOf(e.getMessage()));
        }
    }

    private Told missed(String endpoint, String failure, String why) {
        return new Told(
                Finding.miss(part, endpoint + " cannot be asked: " + failure + ": " + why)
                        .because(failure),
                null);
    }

    /** All that was found out, once. To be asked before anything else is. */
    List<Finding> told() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        for (Looking.Begun<Told> look : looks.values()) {
            Told told = look.seen().orElse(null);
            count = count.plus(told != null);
            if (told != null) {
                findings.add(told.finding());
                if (told.answer() != null) {
                    answers.add(told.answer());
                }
            }
        }
        // What works, but not as safely as people may believe.
        settings.transport()
                .cautions(settings.endpoints())
                .forEach(caution -> findings.add(Finding.note(part, caution).alikeTo("caution")));
        findings.addAll(compared());
        return findings;
    }

    /** What the answers tell when they are held against each other. */
    private List<Finding> compared() {
        if (answers.isEmpty()) {
            return List.of();
        }
        if (!agree()) {
            return List.of(Finding.miss(
                            part,
                            "its endpoints are of "
                                    + answers.stream()
                                            .map(EtcdProbe.Answer::clusterId)
                                            .distinct()
                                            .count()
                                    + " clusters: "
                                    + answers.stream()
                                            .map(answer -> answer.endpoint() + " of " + answer.clusterId())
                                            .collect(Collectors.joining(", "))
                                    + "; expected the members of one; check " + origin)
                    .because("foreign"));
        }
        List<Finding> findings = new ArrayList<>();
        // One that did not answer may be any member of the list.
        if (answers.size() == looks.size()) {
            findings.addAll(withoutEndpoint());
        }
        Practices.of(answers)
                .forEach(note -> findings.add(Finding.note(part, note.words()).alikeTo(note.about())));
        return findings;
    }

    private boolean agree() {
        return answers.stream().map(EtcdProbe.Answer::clusterId).distinct().count() == 1;
    }

    /** Members by the cluster's own list; empty while nobody told it, or not all told the same cluster's. */
    List<EtcdProbe.Listed> members() {
        return agree() ? answers.get(0).members() : List.of();
    }

    Count count() {
        return count;
    }

    private List<Finding> withoutEndpoint() {
        Set<String> asked = answers.stream().map(EtcdProbe.Answer::memberId).collect(Collectors.toSet());
        List<Finding> notes = new ArrayList<>();
        for (EtcdProbe.Listed member : answers.get(0).members()) {
            if (!asked.contains(member.memberId())) {
                notes.add(Finding.note(
                                part,
                                "member " + (member.name().isEmpty() ? member.memberId() : member.name()) + " ("
                                        + String.join(", ", member.clientUrls())
                                        + ") has no endpoint here, so its status is not asked; add it to " + origin)
                        .alikeTo("members without an endpoint here"));
            }
        }
        return notes;
    }
}
