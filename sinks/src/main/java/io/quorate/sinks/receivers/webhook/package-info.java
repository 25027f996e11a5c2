/** The webhook receiver, in the format of Alertmanager's webhook. */
@NullMarked
package io.quorate.sinks.receivers.webhook;

import org.jspecify.annotations.NullMarked;
