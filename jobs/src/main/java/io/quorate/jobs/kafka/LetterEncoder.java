package io.quorate.jobs.kafka;

import io.quorate.events.DeadLetter;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Dead letters as records of their topic. There is no place behind it, so one that is too large is cut, and says so. */
final class LetterEncoder extends ProcessFunction<DeadLetter, EncodedRecord> {

    private static final long serialVersionUID = 1;

    /** An escape takes up to six bytes per character: cut to these, a letter always fits. */
    private static final int CHARACTERS_OF_A_RECORD = RecordSizes.LARGEST_LETTER / 8;

    private static final int CHARACTERS_OF_THE_REST = 64 << 10;

    private final EventCodec<DeadLetter> codec = new EventCodec<>(DeadLetter.class);
    private transient Counter letters;
    private transient Counter cut;

    @Override
    public void open(OpenContext context) {
        letters = getRuntimeContext().getMetricGroup().counter("deadLetters");
        cut = getRuntimeContext().getMetricGroup().counter("cutLetters");
    }

    @Override
    public void processElement(DeadLetter letter, Context context, Collector<EncodedRecord> out) {
        letters.inc();
        int most = RecordSizes.mostPayload(Topic.DEAD_LETTER);
        // No character takes less than a byte: the largest need not be encoded to know.
        byte[] whole = letter.record().length() > most ? null : codec.encode(letter);
        if (whole != null && whole.length <= most) {
            out.collect(new EncodedRecord(null, whole));
        } else {
            cut.inc();
            out.collect(new EncodedRecord(null, codec.encode(cut(letter))));
        }
    }

    private static DeadLetter cut(DeadLetter letter) {
        String record = beginning(letter.record(), CHARACTERS_OF_A_RECORD);
        return new DeadLetter(
                beginning(letter.source(), CHARACTERS_OF_THE_REST),
                beginning(letter.reason(), CHARACTERS_OF_THE_REST),
                beginning(letter.detail(), CHARACTERS_OF_THE_REST) + "; cut: the first " + record.length() + " of "
                        + letter.record().length() + " characters follow",
                letter.cluster() == null ? null : beginning(letter.cluster(), CHARACTERS_OF_THE_REST),
                record,
                letter.observedAt());
    }

    private static String beginning(String text, int characters) {
        return text.substring(0, Math.min(characters, text.length()));
    }
}
