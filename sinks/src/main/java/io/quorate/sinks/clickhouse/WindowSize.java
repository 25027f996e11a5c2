package io.quorate.sinks.clickhouse;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** How long the windows are, from the base size on; each size has tables of its own. */
public enum WindowSize {
    BASE("base", "", Duration.ofHours(3)),
    MINUTE("1m", RollUp.MINUTE.suffix(), Duration.ofDays(3)),
    /** Chosen for no span, but there when its neighbours are not. */
    FIVE_MINUTES("5m", RollUp.FIVE_MINUTES.suffix(), Duration.ZERO),
    HOUR("1h", RollUp.HOUR.suffix(), Duration.ofDays(90)),
    DAY("1d", RollUp.DAY.suffix(), Duration.ofDays(1_000_000));

    private final String text;
    private final String suffix;
    private final Duration longestSpan;

    WindowSize(String text, String suffix, Duration longestSpan) {
        this.text = text;
        this.suffix = suffix;
        this.longestSpan = longestSpan;
    }

    /** The smallest windows of which a span this long does not have too many: base up to 3 h, 1m to 3 d, 1h to 90 d, else 1d. */
    public static WindowSize suiting(Duration span) {
        return Arrays.stream(values())
                .filter(size -> span.compareTo(size.longestSpan) <= 0)
                .findFirst()
                .orElse(DAY);
    }

    /** This size when the span has such windows; else the next larger one that it has, else the next smaller; else this. */
    public WindowSize orWhatIsThere(ClickHouseClient client, Span span) throws IOException {
        for (WindowSize size : nearestFirst()) {
            String any = client.execute(
                    "SELECT 1 FROM {table:Identifier} WHERE window_start >= {from:DateTime64(3, 'UTC')}"
                            + " AND window_start < {to:DateTime64(3, 'UTC')} LIMIT 1",
                    Map.of("table", size.memberTable(), "from", span.fromText(), "to", span.toText()),
                    Map.of());
            if (!any.isEmpty()) {
                return size;
            }
        }
        return this;
    }

    private List<WindowSize> nearestFirst() {
        List<WindowSize> sizes = new ArrayList<>(Arrays.asList(values()).subList(ordinal(), values().length));
        for (int smaller = ordinal() - 1; smaller >= 0; smaller--) {
            sizes.add(values()[smaller]);
        }
        return sizes;
    }

    public String memberTable() {
        return MemberWindowTable.TABLE.name() + suffix;
    }

    public String scopeTable() {
        return ScopeWindowTable.TABLE.name() + suffix;
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return text;
    }
}
