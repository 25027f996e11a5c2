/** The source that asks Prometheus, and how samples become scrapes. */
@NullMarked
package io.quorate.ingest.prometheus;

import org.jspecify.annotations.NullMarked;
