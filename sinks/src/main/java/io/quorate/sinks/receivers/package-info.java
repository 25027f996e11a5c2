/** How alerts reach people: one seam, one delivery with order, retries and ledger, and one room per receiver. */
@NullMarked
package io.quorate.sinks.receivers;

import org.jspecify.annotations.NullMarked;
