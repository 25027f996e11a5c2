package io.quorate.sinks.receivers.http;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import okhttp3.HttpUrl;

/** What must not come back out: some servers repeat the path or the header they were asked with, and these may be tokens. */
public final class Secrets {

    private static final int SHORTEST = 6;
    private static final int LONGEST_SHOWN = 300;

    /** The longest first, so that none leaves a rest of another. */
    private final List<String> secrets;

    private Secrets(Collection<String> secrets) {
        this.secrets = secrets.stream()
                .filter(secret -> secret.length() >= SHORTEST)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** These, in every form in which they travel; what is too short to be one is left out. */
    public static Secrets of(Collection<String> given) {
        TreeSet<String> forms = new TreeSet<>();
        for (String secret : given) {
            forms.add(secret);
            forms.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
            forms.add(secret.replace("/", "\\/"));
            forms.add(Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
        }
        return new Secrets(forms);
    }

    /** These and all parts of an address behind its host. */
    static Secrets of(HttpUrl url, Collection<String> given) {
        List<String> all = new ArrayList<>(given);
        all.addAll(url.pathSegments());
        for (String name : url.queryParameterNames()) {
            all.add(name);
            url.queryParameterValues(name).forEach(value -> all.add(value == null ? "" : value));
        }
        all.add(url.username());
        all.add(url.password());
        all.add(url.username() + ':' + url.password());
        for (String part : (url.encodedPath() + '&' + url.encodedQuery()).split("[/&=]", -1)) {
            all.add(part);
            all.add(decoded(part));
        }
        return of(all);
    }

    /** One short line of this text, without them. */
    public String maskedIn(String text) {
        String clean = text;
        for (String secret : secrets) {
            clean = clean.replace(secret, "***");
        }
        clean = clean.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return clean.length() > LONGEST_SHOWN ? clean.substring(0, LONGEST_SHOWN) + " ..." : clean;
    }

    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return part;
        }
    }
}
