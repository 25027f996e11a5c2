package io.quorate.violators.simulator.face;

import io.grpc.Deadline;

record AnswersToo(Deadline deadline) {}
