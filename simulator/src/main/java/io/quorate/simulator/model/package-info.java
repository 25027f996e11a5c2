/** Clusters of etcd that do not exist: raft, disks, links and load, in simulated time. */
@NullMarked
package io.quorate.simulator.model;

import org.jspecify.annotations.NullMarked;
