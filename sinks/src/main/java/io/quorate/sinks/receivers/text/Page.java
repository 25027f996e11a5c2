package io.quorate.sinks.receivers.text;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.PlacedAlert;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a page can say of a message, by the names that templates use: texts, truths and lists of these, nothing else. */
final class Page {

    static final Set<String> NAMES = Set.of(
            "advice",
            "at",
            "cause",
            "cluster",
            "count",
            "evidence",
            "firing",
            "group",
            "host",
            "id",
            "isNew",
            "isOver",
            "kind",
            "link",
            "member",
            "more",
            "moreEvidence",
            "notKnown",
            "others",
            "places",
            "role",
            "rule",
            "ruledOut",
            "runbook",
            "severity",
            "since",
            "spread",
            "state",
            "summary",
            "until",
            "value",
            "what",
            "where",
            "who");

    static final int MOST_PLACES = 10;
    private static final int MOST_EVIDENCE = 12;
    private static final int LONGEST_VALUE = 1_000;

    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** Evidence that stands in a place of its own, or says again what the cause says. */
    private static final Set<String> APART = Set.of("advice", "cause", "not known", "root member", "ruled out");

    private static final Pattern LINE_ENDS = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]+");
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cf}\\p{Cs}]");

    private final Message message;
    private final Alert worst;
    private final PageTexts texts;

    Page(Message message, PageTexts texts) {
        this.message = message;
        this.worst = message.worst().alert();
        this.texts = texts;
    }

    Map<String, Object> values() {
        Map<String, Object> page = new TreeMap<>(place(message.worst()));
        int size = message.alerts().size();
        page.put("kind", word(message.kind()));
        page.put("state", state());
        page.put("severity", word(message.severity()));
        page.put("group", clean(message.group()));
        page.put("count", String.valueOf(size));
        page.put("firing", String.valueOf(message.firing()));
        page.put("others", someOf(size - 1));
        page.put("until", message.isOver() ? SECONDS.format(worst.at()) : "");
        page.put("spread", clean(message.worst().spread()));
        page.put("cause", clean(worst.cause()));
        page.put("runbook", clean(texts.runbook(worst)));
        page.put("link", Objects.requireNonNullElse(texts.link(worst), ""));
        page.put("places", places());
        page.put("more", someOf(size - MOST_PLACES));
        evidenceInto(page);
        return page;
    }

    private void evidenceInto(Map<String, Object> page) {
        List<Evidence> resting = worst.evidence().stream()
                .filter(seen -> !APART.contains(seen.what()))
                .toList();
        page.put(
                "evidence",
                resting.stream().limit(MOST_EVIDENCE).map(Page::evidence).toList());
        page.put("moreEvidence", someOf(resting.size() - MOST_EVIDENCE));
        page.put("ruledOut", valuesOf("ruled out"));
        page.put("notKnown", valuesOf("not known"));
        page.put("advice", valuesOf("advice"));
    }

    /** What is new first: it must not be among those that are only counted. */
    private List<Map<String, Object>> places() {
        List<PlacedAlert> inOrder = new ArrayList<>(message.alerts());
        inOrder.sort(Comparator.comparing(placed -> !message.isNews(placed.alert())));
        return inOrder.stream().limit(MOST_PLACES).map(this::place).toList();
    }

    private Map<String, Object> place(PlacedAlert placed) {
        Alert alert = placed.alert();
        Map<String, Object> place = new TreeMap<>();
        place.put("id", clean(alert.id()));
        place.put("rule", clean(alert.rule()));
        place.put("severity", word(alert.severity()));
        place.put("summary", clean(alert.summary()));
        place.put("cluster", clean(alert.cluster()));
        place.put("member", clean(alert.member()));
        place.put("host", clean(placed.host()));
        place.put("role", clean(placed.role()));
        place.put("where", joined("/", alert.cluster(), alert.member()));
        place.put("who", joined(", ", placed.host(), placed.role()));
        place.put("since", SECONDS.format(alert.startedAt()));
        place.put("isOver", placed.isOver());
        place.put("isNew", message.isNews(alert));
        return place;
    }

    private static Map<String, Object> evidence(Evidence seen) {
        return Map.of("what", clean(seen.what()), "value", clean(seen.value()), "at", SECONDS.format(seen.at()));
    }

    private List<String> valuesOf(String what) {
        return worst.evidence().stream()
                .filter(seen -> seen.what().equals(what))
                .map(seen -> clean(seen.value()))
                .toList();
    }

    private String state() {
        return switch (message.kind()) {
            case FIRING -> "FIRING";
            case PARTLY_RESOLVED -> "PARTLY RESOLVED";
            case RESOLVED -> "RESOLVED";
            case ACKNOWLEDGED -> "TAKEN ON";
            case REMINDER -> "STILL FIRING";
            case ESCALATED -> "NOBODY HAS TAKEN ON";
            case SUMMARY -> "HELD BACK UNTIL NOW";
        };
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String someOf(int number) {
        return number > 0 ? String.valueOf(number) : "";
    }

    private static String joined(String between, @Nullable String... parts) {
        return Stream.of(parts)
                .filter(Objects::nonNull)
                .map(Page::clean)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(between));
    }

    /** One line that shows what it says: no line ends, no control characters, none that turn the direction of text around. */
    static String clean(@Nullable String value) {
        if (value == null) {
            return "";
        }
        String shown = LINE_ENDS
                .matcher(UNSEEN.matcher(value).replaceAll(""))
                .replaceAll(" ")
                .strip();
        return shortened(shown, LONGEST_VALUE);
    }

    static String shortened(String line, int longest) {
        if (line.length() <= longest) {
            return line;
        }
        int end = longest - 3;
        return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end) + "...";
    }
}
