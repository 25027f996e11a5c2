package io.quorate.violators.rules;

import io.quorate.violators.ingest.etcd.Asks;

public record AsksIngest(Asks source) {}
