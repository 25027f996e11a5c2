package io.quorate.sinks.receivers.slack;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.text.PageTexts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a channel is shown, in blocks within Slack's limits. What alerts say is escaped, so that it makes no links and calls
 * nobody.
 *
 * @param text for where blocks are not shown, such as on a lock screen
 */
record SlackMessage(
        String text, @JsonProperty("unfurl_links") boolean unfurlsLinks, List<Map<String, Object>> blocks) {

    static final int LONGEST_HEADER = 150;
    static final int LONGEST_SECTION = 3_000;
    static final int MOST_BLOCKS = 50;

    /** Escaped, a character becomes five at most. */
    private static final int LONGEST_PIECE = LONGEST_SECTION / 5 - 1;

    static SlackMessage of(Message message, PageTexts texts) {
        List<Map<String, Object>> blocks = new ArrayList<>();
        blocks.add(block(
                "header", Map.of("type", "plain_text", "text", texts.title(message, LONGEST_HEADER), "emoji", false)));
        for (String section : sections(texts.text(message))) {
            blocks.add(block("section", Map.of("type", "mrkdwn", "text", section, "verbatim", true)));
        }
        String link = texts.link(message.worst().alert());
        if (link != null) {
            String runbook = '<' + escaped(link).replace("|", "%7C") + "|Runbook>";
            blocks.add(block("section", Map.of("type", "mrkdwn", "text", runbook)));
        }
        return new SlackMessage(escaped(texts.title(message)), false, blocks);
    }

    private static Map<String, Object> block(String type, Map<String, Object> text) {
        Map<String, Object> block = new LinkedHashMap<>();
        block.put("type", type);
        block.put("text", text);
        return block;
    }

    /** Whole lines as far as they go, escaped; what is beyond the limit of blocks is left out and said to be. */
    private static List<String> sections(String text) {
        List<String> sections = new ArrayList<>();
        StringBuilder section = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            for (String piece : pieces(line)) {
                if (section.length() + piece.length() > LONGEST_SECTION) {
                    sections.add(section.toString());
                    section.setLength(0);
                }
                section.append(piece);
            }
        }
        sections.add(section.toString());
        int most = MOST_BLOCKS - 2;
        if (sections.size() > most) {
            sections.subList(most - 1, sections.size()).clear();
            sections.add("The rest is too long for Slack: quorate alerts");
        }
        return sections;
    }

    /** Of a line, escaped: none is longer than a section. */
    private static List<String> pieces(String line) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (line.length() - from > LONGEST_PIECE) {
            int end = from + LONGEST_PIECE;
            end = Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end;
            pieces.add(escaped(line.substring(from, end)));
            from = end;
        }
        pieces.add(escaped(line.substring(from)) + '\n');
        return pieces;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
