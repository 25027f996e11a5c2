/** What can be asked of alerting, and said to it: who was told of what, silences, acknowledgements, routes. */
@NullMarked
package io.quorate.cli.alerting;

import org.jspecify.annotations.NullMarked;
