package io.quorate.jobs.settings;

import io.quorate.sinks.receivers.http.WebAddress;
import java.util.ArrayList;
import java.util.List;

/** Reads addresses that may hold a secret: in clear, from a file or from the environment. */
final class SecretAddresses {

    private static final List<String> WAYS = List.of("url", "url-file", "url-env");

    private final Reading reading;
    private final List<String> masked = new ArrayList<>();

    SecretAddresses(Reading reading) {
        this.reading = reading;
    }

    /** Where those stand in clear that are printed without what follows their host. */
    List<String> masked() {
        return masked;
    }

    /**
     * By {@code url}, {@code url-file} or {@code url-env}, one of which must be there.
     *
     * @param kind whose it is, for what is said of it
     */
    String read(Room room, String kind) {
        String way = room.only(WAYS);
        if (way == null) {
            if (WAYS.stream().noneMatch(room::means)) {
                reading.problem(room.pointer(), "'url' is missing; expected one of url, url-file and url-env");
            }
            return SettingsReader.STAND_IN;
        }
        String url;
        if (way.equals("url")) {
            url = room.text("url", SettingsReader.STAND_IN);
            if (url.matches("(?s)[a-z]+://[^/?#]*@.*")) {
                reading.problem(
                        room.at("url"),
                        "'url' holds a user or a password in clear (not repeated); expected the whole address in a file or"
                                + " an environment variable: set url-file or url-env");
                return SettingsReader.STAND_IN;
            }
        } else {
            Room.Secret secret = room.secret("url");
            url = secret == null ? SettingsReader.STAND_IN : secret.value();
        }
        if (reading.built(room.pointer(), () -> WebAddress.checked(kind, url)) == null) {
            return SettingsReader.STAND_IN;
        }
        if (way.equals("url")) {
            noteShown(room, url);
        }
        return url;
    }

    private void noteShown(Room room, String url) {
        String shown = WebAddress.shown(url);
        room.note("url", shown);
        if (!shown.equals(url)) {
            masked.add(room.at("url").substring(1).replaceAll("/(\\d+)", "[$1]").replace('/', '.'));
        }
    }
}
