/** What is asked of a Prometheus that is not ours. */
@NullMarked
package io.quorate.cli.prometheus;

import org.jspecify.annotations.NullMarked;
