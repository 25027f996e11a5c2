package io.quorate.cli.cluster.etcd;

import java.util.List;

/**
 * What the process that keeps a cluster tells of it.
 *
 * @param since in ISO-8601
 */
record Running(Layout layout, String since, List<Member> members) {

    /**
     * One member's process.
     *
     * @param restarts how often it was started again since the cluster was
     */
    record Member(String name, long pid, int restarts) {}

    Running {
        members = List.copyOf(members);
    }

    Member member(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no member " + name + " in " + layout.name()
                        + "; expected one of "
                        + String.join(", ", members.stream().map(Member::name).toList())));
    }
}
