/** Which metrics Quorate reads, and what each truly is. */
@NullMarked
package io.quorate.ingest.catalogue;

import org.jspecify.annotations.NullMarked;
