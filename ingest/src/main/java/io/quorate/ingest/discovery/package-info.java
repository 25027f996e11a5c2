/** Who is to be polled: files, HTTP, Prometheus' targets, DNS, Kubernetes; looked at again and again. */
@NullMarked
package io.quorate.ingest.discovery;

import org.jspecify.annotations.NullMarked;
