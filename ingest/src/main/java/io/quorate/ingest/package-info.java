/** What the sources hand over; one package per source below. */
@NullMarked
package io.quorate.ingest;

import org.jspecify.annotations.NullMarked;
