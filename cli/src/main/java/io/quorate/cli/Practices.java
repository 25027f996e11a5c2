package io.quorate.cli;

import io.quorate.ingest.etcd.EtcdProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What of etcd's best practice can be seen of a cluster from outside. */
final class Practices {

    /** What cannot, said once so that silence is not taken for approval. */
    static final String UNSEEN =
            "not to be seen from outside: a disk of its own, limits of processor and memory, TLS between"
                    + " peers, backups, the schedule of compaction and defragmentation; check these by hand";

    private Practices() {}

    /**
     * Something that could be better.
     *
     * @param about what all notes of the kind are about, whatever the cluster
     */
    record Note(String about, String words) {}

    /**
     * What could be better.
     *
     * @param told at least one answer, all of one cluster
     */
    static List<Note> of(List<EtcdProbe.Answer> told) {
        List<EtcdProbe.Listed> members = told.get(0).members();
        List<Note> notes = new ArrayList<>();
        long voters = members.stream().filter(member -> !member.learner()).count();
        if (voters == 1) {
            notes.add(new Note("a single voter", "a single voter: no failure is survived; run 3 or 5"));
        } else if (voters % 2 == 0) {
            notes.add(new Note(
                    "an even number of voters",
                    voters + " voters: an even number survives no more failures than " + (voters - 1)
                            + "; run one more, or one fewer"));
        }
        if (members.stream().flatMap(member -> member.clientUrls().stream()).anyMatch(url -> url.startsWith("http:"))) {
            notes.add(new Note(
                    "members advertise http",
                    "members advertise http: whoever is on the way can read and change requests; use --cert-file,"
                            + " --key-file and https in --advertise-client-urls"));
        }
        Map<String, List<String>> versions = new TreeMap<>(told.stream()
                .collect(Collectors.groupingBy(
                        EtcdProbe.Answer::version, Collectors.mapping(Practices::name, Collectors.toList()))));
        if (versions.size() > 1) {
            notes.add(new Note(
                    "members run different versions",
                    "members run different versions: "
                            + versions.entrySet().stream()
                                    .map(version -> version.getKey() + " " + String.join(", ", version.getValue()))
                                    .collect(Collectors.joining("; "))
                            + "; finish the upgrade"));
        }
        members.stream()
                .filter(EtcdProbe.Listed::learner)
                .map(Practices::name)
                .forEach(name -> notes.add(new Note(
                        "learners",
                        "member " + name + " is a learner, without a vote; promote it, or remove it if it was left")));
        members.stream()
                .filter(member -> !member.name().isEmpty())
                .collect(Collectors.groupingBy(EtcdProbe.Listed::name, TreeMap::new, Collectors.counting()))
                .forEach((name, count) -> {
                    if (count > 1) {
                        notes.add(new Note(
                                "members of one name",
                                count + " members have the name " + name
                                        + ": only their ids tell them apart; give each a --name of its own"));
                    }
                });
        for (EtcdProbe.Answer answer : told) {
            answer.errors()
                    .forEach(error ->
                            notes.add(new Note("members report", "member " + name(answer) + " reports: " + error)));
        }
        return notes;
    }

    private static String name(EtcdProbe.Answer answer) {
        return answer.name().isEmpty() ? answer.memberId() : answer.name();
    }

    private static String name(EtcdProbe.Listed member) {
        return member.name().isEmpty() ? member.memberId() : member.name();
    }
}
