package io.quorate.testkit;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One target of each kind that must harm nobody but itself: small servers on loopback, each with its own address, that are
 * asked for a page of metrics (or for anything else) and give none.
 */
public final class BadTargets implements AutoCloseable {

    /** What a page of etcd's metrics begins with. */
    private static final String PAGE = "etcd_server_has_leader 1\n";

    private static final int LARGE_MEBIBYTES = 100;
    private static final int BOMB_MEBIBYTES = 10 << 10;

    private final Path ca;
    private final Map<String, BadTarget> targets = new LinkedHashMap<>();

    private BadTargets(Path folder) {
        TestAuthority authority = new TestAuthority(folder, "bad-targets");
        this.ca = authority.certificate();
        targets.put("hanging", BadTarget.silent());
        targets.put("large", BadTarget.answeringMebibytes(PAGE, LARGE_MEBIBYTES));
        targets.put("bomb", BadTarget.answeringPackedMebibytes(PAGE, BOMB_MEBIBYTES));
        targets.put("garbage", BadTarget.answeringGarbage());
        targets.put("dripping", BadTarget.dripping(PAGE));
        targets.put(
                "expired",
                BadTarget.answering(authority.issueExpired("old.example").context(), "200 OK", PAGE));
        targets.put("unauthorized", BadTarget.answering("401 Unauthorized", "Unauthorized\n"));
    }

    /** All of them; files of certificates go below that folder. */
    public static BadTargets start(Path folder) {
        return new BadTargets(folder);
    }

    /** Accepts and never answers. */
    public BadTarget hanging() {
        return named("hanging");
    }

    /** Answers with 100 MiB. */
    public BadTarget large() {
        return named("large");
    }

    /** Answers with 10 MiB that unpack to 10 GiB. */
    public BadTarget bomb() {
        return named("bomb");
    }

    /** Answers with bytes that are no text. */
    public BadTarget garbage() {
        return named("garbage");
    }

    /** Answers with the head at once and then a byte a second. */
    public BadTarget dripping() {
        return named("dripping");
    }

    /** Speaks TLS, and shows a certificate of yesterday. */
    public BadTarget expired() {
        return named("expired");
    }

    /** Answers 401 to everybody. */
    public BadTarget unauthorized() {
        return named("unauthorized");
    }

    /** All of them by what they are called here. */
    public Map<String, BadTarget> byName() {
        return new LinkedHashMap<>(targets);
    }

    /** Who has signed what {@link #expired} shows: whoever trusts it sees that this is of the past, and not only that it is unknown. */
    public Path ca() {
        return ca;
    }

    @Override
    public void close() {
        targets.values().forEach(BadTarget::close);
    }

    private BadTarget named(String name) {
        BadTarget target = targets.get(name);
        if (target == null) {
            throw new IllegalArgumentException(name + " is none of " + targets.keySet());
        }
        return target;
    }
}
