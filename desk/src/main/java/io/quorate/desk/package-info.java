/** The real parts on one machine, without containers and without root: Kafka, the ClickHouse engine, etcd, Prometheus. */
@NullMarked
package io.quorate.desk;

import org.jspecify.annotations.NullMarked;
