/** The PagerDuty receiver, by its Events API, version 2. */
@NullMarked
package io.quorate.sinks.receivers.pagerduty;

import org.jspecify.annotations.NullMarked;
