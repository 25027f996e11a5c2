/** The Alertmanager receiver, by its API, version 2. */
@NullMarked
package io.quorate.sinks.receivers.alertmanager;

import org.jspecify.annotations.NullMarked;
