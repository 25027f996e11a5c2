/** From the alerts of many clusters to what they have in common. */
@NullMarked
package io.quorate.jobs.fleet;

import org.jspecify.annotations.NullMarked;
