/** Who is told of which alerts, as settings say it. */
@NullMarked
package io.quorate.jobs.alerting.routes;

import org.jspecify.annotations.NullMarked;
