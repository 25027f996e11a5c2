/** What happened, as plain records: no behaviour but questions about themselves, no dependency but the JDK and Jackson. */
@NullMarked
package io.quorate.events;

import org.jspecify.annotations.NullMarked;
