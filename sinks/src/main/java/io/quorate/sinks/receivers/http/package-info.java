/** What all receivers that are reached over a network share: where they may be, how they are asked, how answers are judged. */
@NullMarked
package io.quorate.sinks.receivers.http;

import org.jspecify.annotations.NullMarked;
