package io.quorate.simulator.model;

/** A member became leader: the truth, as etcd's own log would tell it. */
public record Election(long at, String leader, long term) {}
