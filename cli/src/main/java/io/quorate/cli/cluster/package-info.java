/** Clusters on this machine: of etcd to be watched, of Flink to run on. */
@org.jspecify.annotations.NullMarked
package io.quorate.cli.cluster;
