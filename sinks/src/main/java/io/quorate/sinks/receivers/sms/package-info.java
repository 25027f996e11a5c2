/** The receiver of text messages, by Twilio's interface or a generic one. */
@NullMarked
package io.quorate.sinks.receivers.sms;

import org.jspecify.annotations.NullMarked;
