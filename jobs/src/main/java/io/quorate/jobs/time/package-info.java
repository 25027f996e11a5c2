/** How the time of streams goes on, where a clock must not decide it, and what waits for it. */
@NullMarked
package io.quorate.jobs.time;

import org.jspecify.annotations.NullMarked;
