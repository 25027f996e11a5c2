/** From Prometheus and etcd to topics. */
@NullMarked
package io.quorate.jobs.ingest;

import org.jspecify.annotations.NullMarked;
