/** The Slack receiver, by an incoming webhook. */
@NullMarked
package io.quorate.sinks.receivers.slack;

import org.jspecify.annotations.NullMarked;
