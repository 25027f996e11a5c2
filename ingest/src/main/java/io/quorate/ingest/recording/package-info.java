/** The bounded source that reads recordings. */
@NullMarked
package io.quorate.ingest.recording;

import org.jspecify.annotations.NullMarked;
