/** How events become bytes on a topic, and back: one codec, one list of topics. */
@NullMarked
package io.quorate.events.codec;

import org.jspecify.annotations.NullMarked;
