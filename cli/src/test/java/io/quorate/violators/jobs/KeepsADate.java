package io.quorate.violators.jobs;

import java.sql.Timestamp;

/** By a subclass of the old date, which is as bad. */
record KeepsADate(Timestamp observedAt) {}
