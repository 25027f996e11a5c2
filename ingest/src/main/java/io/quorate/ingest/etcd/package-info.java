/** The source that asks etcd itself. */
@NullMarked
package io.quorate.ingest.etcd;

import org.jspecify.annotations.NullMarked;
