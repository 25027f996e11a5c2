/** From alerts to the places where people are on call. */
@NullMarked
package io.quorate.jobs.alerting;

import org.jspecify.annotations.NullMarked;
