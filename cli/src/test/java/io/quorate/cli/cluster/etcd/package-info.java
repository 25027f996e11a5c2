/** Clusters of etcd on this machine, and what is told of them. */
@NullMarked
package io.quorate.cli.cluster.etcd;

import org.jspecify.annotations.NullMarked;
