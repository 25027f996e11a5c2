package io.quorate.ingest.poll;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Who is polled, and where.
 *
 * @param id stable over restarts: the id of its split
 * @param discovery which discovery found it
 * @param addresses such as {@code https://etcd-1.example:2379}
 * @param labels what it is known by: cluster, member, env, region
 */
public record Target(String id, String discovery, List<String> addresses, Map<String, String> labels)
        implements Serializable {

    private static final long serialVersionUID = 1;

    public Target {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(discovery, "discovery");
        // Copies that Java can serialise, whatever came in.
        addresses = new ArrayList<>(addresses);
        labels = new TreeMap<>(labels);
    }
}
