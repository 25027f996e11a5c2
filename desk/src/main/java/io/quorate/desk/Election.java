package io.quorate.desk;

import java.time.Instant;

/** One election that etcd's own log tells of: who became leader, when, at which term. */
public record Election(Instant at, String memberId, String member, long term) {}
