package io.quorate.violators.simulator;

import io.quorate.violators.ingest.etcd.Asks;

public record SharesTheIngest(Asks source) {}
