package io.quorate.ingest.transport;

import java.io.Serializable;

/** What a peer is shown to be let in. */
public sealed interface Authorization extends Serializable permits BearerToken, BasicLogin {

    /** The header {@code Authorization} of HTTP, as it is at any time. */
    Rereading<String> header();

    /** What it is, in words. */
    String noun();
}
