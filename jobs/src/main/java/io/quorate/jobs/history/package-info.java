/** From topics to ClickHouse: the only job that writes there, so that its outage never meets a page. */
@NullMarked
package io.quorate.jobs.history;

import org.jspecify.annotations.NullMarked;
