/** Why alerts fire: the cause beside each. */
@NullMarked
package io.quorate.jobs.causes;

import org.jspecify.annotations.NullMarked;
