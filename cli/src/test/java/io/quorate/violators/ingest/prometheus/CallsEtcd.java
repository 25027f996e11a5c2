package io.quorate.violators.ingest.prometheus;

import io.grpc.Deadline;

record CallsEtcd(Deadline deadline) {}
