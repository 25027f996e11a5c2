package io.quorate.ingest.prometheus;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a member's machine at the time of a scrape.
 *
 * @param node which node-exporter told it, such as {@code 10.0.0.1:9100}; empty when none did
 * @param page what it told; null when nothing is known
 * @param why nothing is known, in words for people; empty otherwise
 */
record NodeReading(String node, @Nullable ScrapeAssembler page, String why) {

    static NodeReading of(String node, ScrapeAssembler page) {
        return new NodeReading(node, page, "");
    }

    static NodeReading none(String why) {
        return new NodeReading("", null, why);
    }
}
