/** How a peer is reached and trusted, and what it is shown: TLS, authorization, proxies; read again when files change. */
@NullMarked
package io.quorate.ingest.transport;

import org.jspecify.annotations.NullMarked;
