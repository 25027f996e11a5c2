package io.quorate.ingest.discovery;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/** A place where groups of targets are written down. */
public sealed interface Groups extends Serializable
        permits ListedGroups, FileGroups, HttpGroups, PrometheusGroups, DnsGroups, PodGroups {

    /** Which one: different from every other place. */
    String name();

    /**
     * All groups that are there now. What cannot be read of them is added to the problems, the rest stands.
     *
     * @throws IOException when nothing can be said at all, with a message for people
     */
    List<Group> find(List<String> problems) throws IOException;
}
