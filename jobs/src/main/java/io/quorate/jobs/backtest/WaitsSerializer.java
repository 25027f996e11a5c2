package io.quorate.jobs.backtest;

import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Whether nobody has the split yet, as one byte. */
final class WaitsSerializer implements SimpleVersionedSerializer<Boolean> {

    @Override
    public int getVersion() {
        return 1;
    }

    @Override
    public byte[] serialize(Boolean waits) {
        return new byte[] {(byte) (waits ? 1 : 0)};
    }

    @Override
    public Boolean deserialize(int version, byte[] bytes) {
        return bytes[0] == 1;
    }
}
