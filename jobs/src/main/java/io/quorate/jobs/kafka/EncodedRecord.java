package io.quorate.jobs.kafka;

import org.jspecify.annotations.Nullable;

/** An event as its topic takes it. */
public record EncodedRecord(byte @Nullable [] key, byte[] value) {

    int size() {
        return value.length + (key == null ? 0 : key.length);
    }
}
