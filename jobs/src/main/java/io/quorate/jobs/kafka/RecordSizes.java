package io.quorate.jobs.kafka;

import io.quorate.events.codec.Topic;

/** How large the records of a topic may be, in bytes. */
final class RecordSizes {

    /** A member's scrape is some tens of thousands. */
    static final int LARGEST_EVENT = 8 << 20;

    /**
     * Twice an event's, so that one that is just too large fits whole though every second character of it needs an escape;
     * and less than the 20 million characters that Jackson reads of one text.
     */
    static final int LARGEST_LETTER = 16 << 20;

    /** Ample for what Kafka adds: the producer counts before compression, the broker after it. */
    private static final int FRAMING = 64 << 10;

    private RecordSizes() {}

    /** What the topic and its producer take, and what is read from it. */
    static int limit(Topic<?> topic) {
        return topic.name().equals(Topic.DEAD_LETTER.name()) ? LARGEST_LETTER : LARGEST_EVENT;
    }

    /** What key and value may have together so that neither producer nor broker refuses them. */
    static int mostPayload(Topic<?> topic) {
        return limit(topic) - FRAMING;
    }
}
