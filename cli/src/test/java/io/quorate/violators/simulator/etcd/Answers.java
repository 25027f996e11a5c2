package io.quorate.violators.simulator.etcd;

import io.grpc.Deadline;

/** Breaks nothing: the one face of the simulator that speaks gRPC. */
record Answers(Deadline deadline) {}
