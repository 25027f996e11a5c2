package io.quorate.desk;

/** A port that was asked for is taken; the message says by whom, as far as this user may see. */
public final class PortBusy extends PartUnavailable {
    private static final long serialVersionUID = 1L;

    private final int port;

    PortBusy(String part, int port, String holder, String otherwise) {
        super("port " + port + ", asked for by " + part + ", is busy: held by " + holder + "; stop that process or "
                + otherwise);
        this.port = port;
    }

    public int port() {
        return port;
    }
}
