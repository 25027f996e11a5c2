/** What a page says: templates over plain values, in a sandbox, checked before anything is sent. */
@NullMarked
package io.quorate.sinks.receivers.text;

import org.jspecify.annotations.NullMarked;
