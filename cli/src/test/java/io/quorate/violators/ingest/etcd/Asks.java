package io.quorate.violators.ingest.etcd;

import io.grpc.Deadline;
import io.quorate.violators.events.Innocent;

/** Breaks nothing: the one package where the etcd client is at home. */
public record Asks(Deadline deadline, Innocent event) {}
