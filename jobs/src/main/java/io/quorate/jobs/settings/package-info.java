/** quorate.yaml, read, checked and turned into one record per room. */
@NullMarked
package io.quorate.jobs.settings;

import org.jspecify.annotations.NullMarked;
