package io.quorate.ingest.poll;

import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Nothing: readers report their splits when they come back, and targets are discovered anew. */
public record EnumeratorState() {

    /** As no bytes, whatever an older version kept. */
    public static final class Serializer implements SimpleVersionedSerializer<EnumeratorState> {

        @Override
        public int getVersion() {
            return 2;
        }

        @Override
        public byte[] serialize(EnumeratorState nothing) {
            return new byte[0];
        }

        @Override
        public EnumeratorState deserialize(int version, byte[] bytes) {
            return new EnumeratorState();
        }
    }
}
