/** From scrapes to windows: what each member, each cluster and the fleet saw, as bucket vectors. */
@NullMarked
package io.quorate.jobs.percentiles;

import org.jspecify.annotations.NullMarked;
