package io.quorate.ingest.prometheus;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A body that ends in trouble when it is too large after unpacking, and remembers how it began, for people. */
public final class CappedBody extends FilterInputStream {

    private final long cap;
    private final String advice;
    private final byte[] beginning = new byte[160];
    private long read;

    /**
     * Of this stream, which is read no further than a little beyond the cap.
     *
     * @param advice what to do when it is larger, as the end of a sentence
     */
    public CappedBody(InputStream in, long cap, String advice) {
        super(in);
        this.cap = cap;
        this.advice = advice;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int count = super.read(into, offset, length);
        if (count > 0) {
            if (read < beginning.length) {
                System.arraycopy(into, offset, beginning, (int) read, (int) Math.min(count, beginning.length - read));
            }
            read += count;
            if (read > cap) {
                throw new PollTrouble("too-large", "the answer is larger than " + cap + " bytes" + advice);
            }
        }
        return count;
    }

    /** Left to whoever asked, who may want to hang up first: the client reads on when a body is closed before its end. */
    @Override
    public void close() {}

    /** How many bytes of it came. */
    long count() {
        return read;
    }

    /** How it began, on one line, without what would steer a terminal. */
    public String beginning() {
        return new String(beginning, 0, (int) Math.min(read, beginning.length), StandardCharsets.UTF_8)
                .replaceAll("[\\s\\p{Cc}]+", " ");
    }
}
