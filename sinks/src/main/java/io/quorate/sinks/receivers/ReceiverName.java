package io.quorate.sinks.receivers;

import java.util.regex.Pattern;

/** What a receiver may be called: it stands in the ledger, in uids and in routes. */
public final class ReceiverName {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    private ReceiverName() {}

    /** Refuses a name that cannot be one. */
    public static String checked(String room, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    room + " name: '" + name + "', expected lower-case letters, digits and single hyphens");
        }
        return name;
    }
}
