/** What the polling sources share: splits that never finish, each on a clock of its own. */
@NullMarked
package io.quorate.ingest.poll;

import org.jspecify.annotations.NullMarked;
