/** From statuses to leader changes, and from those to alerts. */
@NullMarked
package io.quorate.jobs.detection;

import org.jspecify.annotations.NullMarked;
