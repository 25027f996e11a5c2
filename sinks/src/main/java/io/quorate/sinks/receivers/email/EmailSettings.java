package io.quorate.sinks.receivers.email;

import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverName;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.text.PageTexts;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Mail to some people by one server.
 *
 * @param user null when the server asks nobody who they are
 * @param password secret
 */
public record EmailSettings(
        String name,
        String host,
        int port,
        Security security,
        @Nullable String user,
        @Nullable String password,
        String from,
        List<String> to,
        Terms terms,
        PageTexts texts)
        implements ReceiverSettings {

    /** Its key in quorate.yaml. */
    public static final String ROOM = "email";

    public static final int DEFAULT_PORT = 587;

    /** How the way to the server is kept from others; what is asked for is never done without. */
    public enum Security {
        /** TLS from the greeting on; usual on port 587. */
        STARTTLS,
        /** TLS from the first byte; usual on port 465. */
        TLS,
        /** In the clear: a relay on the same machine. */
        NONE
    }

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:_-]+");

    /** Narrower than the standard, and enough for mail that is meant to arrive. */
    private static final Pattern ADDRESS = Pattern.compile("[^\\s\\p{Cntrl}@<>,;:\"()\\[\\]]+@[A-Za-z0-9.-]+");

    public EmailSettings {
        ReceiverName.checked(ROOM, name);
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException("email host: '" + host + "', expected a name or an address");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("email port: " + port + ", expected 1 to 65535");
        }
        Objects.requireNonNull(security, "security");
        if ((user == null) != (password == null)) {
            throw new IllegalArgumentException("email: user and password are not both there, expected both or none");
        }
        if (password != null && security == Security.NONE) {
            throw new IllegalArgumentException(
                    "email security: none would send the password in the clear; expected starttls or tls");
        }
        to = List.copyOf(to);
        if (to.isEmpty()) {
            throw new IllegalArgumentException("email to: nobody, expected one address or more");
        }
        checkAddress("from", from);
        to.forEach(address -> checkAddress("to", address));
        Objects.requireNonNull(terms, "terms");
        Objects.requireNonNull(texts, "texts");
    }

    @Override
    public Receiver open() {
        return new EmailReceiver(this);
    }

    @Override
    public String reachedAt() {
        return host.indexOf(':') >= 0 ? '[' + host + "]:" + port : host + ':' + port;
    }

    @Override
    public String toString() {
        return "EmailSettings[name=" + name + ", host=" + host + ", port=" + port + ", security=" + security
                + (user == null ? "" : ", user=" + user + ", password=***") + ", from=" + from + ", to=" + to
                + ", terms=" + terms + ", texts=" + texts + ']';
    }

    private static void checkAddress(String what, String address) {
        if (!ADDRESS.matcher(address).matches()) {
            throw new IllegalArgumentException("email " + what + ": '" + address.replaceAll("\\p{Cntrl}", " ")
                    + "', expected an address such as oncall@example.org");
        }
    }
}
