package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CappedBodyTest {

    private static final int CAP = 1 << 20;
    private static final int BUFFER = 64 << 10;

    @Test
    void takesWhatIsAsLargeAsTheCap() throws Exception {
        assertThat(new CappedBody(new ByteArrayInputStream(new byte[CAP]), CAP, "").readAllBytes())
                .hasSize(CAP);
    }

    @Test
    void readsNoFurtherThanABufferBeyondTheCap() {
        Endless endless = new Endless();

        assertThatThrownBy(() -> new CappedBody(endless, CAP, "; ask for less").readAllBytes())
                .hasMessage("the answer is larger than 1048576 bytes; ask for less");
        assertThat(endless.read).isBetween((long) CAP, (long) CAP + BUFFER);
    }

    private static final class Endless extends InputStream {

        private long read;

        @Override
        public int read() {
            read++;
            return ' ';
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            Arrays.fill(into, offset, offset + length, (byte) ' ');
            read += length;
            return length;
        }
    }
}
