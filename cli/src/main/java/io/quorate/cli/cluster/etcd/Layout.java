package io.quorate.cli.cluster.etcd;

import io.quorate.desk.EtcdCluster.Ports;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the data of a cluster are bound to: how many members it has, where they listen, and whether they speak TLS. */
record Layout(String name, int members, int basePort, boolean tls) {

    static final String USUAL_NAME = "local";
    static final int USUAL_BASE_PORT = 23_790;
    static final int MOST_MEMBERS = 51;

    private static final int FIRST_PORT = 1_024;
    private static final int LAST_PORT = 65_535;

    Layout {
        List<String> problems = new ArrayList<>();
        if (members < 1 || members > MOST_MEMBERS) {
            problems.add("a cluster of " + members + " members is refused, expected 1 to " + MOST_MEMBERS
                    + "; 3 bear the loss of one, 5 of two");
        } else if (basePort < FIRST_PORT || last(basePort, members) > LAST_PORT) {
            problems.add("--base-port " + basePort + " is refused, expected " + FIRST_PORT + " to "
                    + (LAST_PORT - (last(0, members))) + " for " + members + " members, each of which takes "
                    + Ports.APART + " ports");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
    }

    /** Member by member, m1 first. */
    Map<String, String> endpoints() {
        Map<String, String> endpoints = new LinkedHashMap<>();
        for (int k = 1; k <= members; k++) {
            endpoints.put("m" + k, (tls ? "https" : "http") + "://127.0.0.1:" + ports(k).client());
        }
        return endpoints;
    }

    Ports ports(int k) {
        return Ports.of(basePort, k);
    }

    int lastPort() {
        return last(basePort, members);
    }

    private static int last(int basePort, int members) {
        return basePort + Ports.APART * members - 1;
    }

    boolean overlaps(Layout other) {
        return basePort <= other.lastPort() && other.basePort <= lastPort();
    }

    /** One more that bears no further loss. */
    boolean even() {
        return members % 2 == 0;
    }

    /** How many may be lost before nothing can be written. */
    int bears() {
        return (members - 1) / 2;
    }

    /** As a person would say it. */
    String words() {
        return count(members) + " on ports " + basePort + " to " + lastPort() + (tls ? " in TLS" : "");
    }

    static String count(int members) {
        return members + (members == 1 ? " member" : " members");
    }

    /** The line that starts it. */
    String line() {
        return KeptEtcd.line("start " + members, name)
                + (basePort == USUAL_BASE_PORT ? "" : " --base-port " + basePort)
                + (tls ? " --tls" : "");
    }
}
