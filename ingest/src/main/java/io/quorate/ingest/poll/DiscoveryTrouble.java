package io.quorate.ingest.poll;

import org.apache.flink.api.connector.source.SourceEvent;

/** A discovery could not tell, or told what cannot be: for a reader to write down, as an enumerator has no output. */
record DiscoveryTrouble(String discovery, String detail) implements SourceEvent {

    private static final long serialVersionUID = 1;
}
