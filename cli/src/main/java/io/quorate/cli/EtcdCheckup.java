package io.quorate.cli;

import io.quorate.ingest.etcd.EtcdProbe;
import io.quorate.ingest.etcd.EtcdSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Whether the endpoints of one cluster are members of etcd, of the same cluster, and all of its members. */
final class EtcdCheckup {

    private final EtcdSettings settings;
    private final String part;
    private final Map<String, EtcdProbe.Answer> answers = new ConcurrentHashMap<>();

    EtcdCheckup(EtcdSettings settings) {
        this.settings = settings;
        this.part = "etcd " + settings.cluster();
    }

    String part() {
        return part;
    }

    String cluster() {
        return settings.cluster();
    }

    List<String> endpoints() {
        return settings.endpoints();
    }

    /** What this endpoint tells of itself. */
    List<Finding> ask(String endpoint, Duration patience) throws InterruptedException {
        try {
            EtcdProbe.Answer answer = EtcdProbe.ask(settings, endpoint, patience);
            answers.put(endpoint, answer);
            return List.of(Finding.ok(
                    part,
                    endpoint + ": member " + (answer.name().isEmpty() ? answer.memberId() : answer.name())
                            + ", version " + answer.version() + ", " + answer.role() + ", term "
                            + answer.raftTerm()));
        } catch (EtcdProbe.NoAnswer e) {
            return List.of(Finding.miss(part, endpoint + " cannot be asked: " + e.getMessage()));
        }
    }

    /** What works, but not as safely as people may believe. */
    List<Finding> cautions() {
        return settings.transport().cautions(endpoints()).stream()
                .map(caution -> Finding.note(part, caution))
                .toList();
    }

    /** What the answers tell when they are held against each other. */
    List<Finding> compared() {
        List<EtcdProbe.Answer> told =
                endpoints().stream().map(answers::get).filter(Objects::nonNull).toList();
        long clusters =
                told.stream().map(EtcdProbe.Answer::clusterId).distinct().count();
        if (clusters > 1) {
            return List.of(Finding.miss(
                    part,
                    "its endpoints are of " + clusters + " clusters: "
                            + told.stream()
                                    .map(answer -> answer.endpoint() + " of " + answer.clusterId())
                                    .collect(Collectors.joining(", "))
                            + "; expected the members of one; check ingest.etcd.endpoints"));
        }
        if (told.isEmpty()) {
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        // One that did not answer may be any member of the list.
        if (told.size() == endpoints().size()) {
            findings.addAll(withoutEndpoint(told));
        }
        Practices.of(told).forEach(note -> findings.add(Finding.note(part, note)));
        return findings;
    }

    /** Members by the cluster's own list; empty while nobody told it, or not all told the same cluster's. */
    List<EtcdProbe.Listed> members() {
        List<EtcdProbe.Answer> told = List.copyOf(answers.values());
        return told.stream().map(EtcdProbe.Answer::clusterId).distinct().count() == 1
                ? told.get(0).members()
                : List.of();
    }

    private List<Finding> withoutEndpoint(List<EtcdProbe.Answer> told) {
        Set<String> asked = told.stream().map(EtcdProbe.Answer::memberId).collect(Collectors.toSet());
        List<Finding> notes = new ArrayList<>();
        for (EtcdProbe.Listed member : told.get(0).members()) {
            if (!asked.contains(member.memberId())) {
                notes.add(Finding.note(
                        part,
                        "member " + (member.name().isEmpty() ? member.memberId() : member.name()) + " ("
                                + String.join(", ", member.clientUrls())
                                + ") has no endpoint here, so its status is not asked; add it to"
                                + " ingest.etcd.endpoints"));
            }
        }
        return notes;
    }
}
