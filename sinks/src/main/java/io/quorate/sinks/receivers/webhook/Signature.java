package io.quorate.sinks.receivers.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proof of who sent a body and when: HMAC-SHA256 over the seconds since the epoch, a dot and the body. The time is part of it, so
 * that what somebody caught on the way cannot be sent again later.
 */
record Signature(long timestamp, String hex) {

    private static final String ALGORITHM = "HmacSHA256";

    static Signature of(String secret, Instant at, byte[] body) {
        long timestamp = at.getEpochSecond();
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return new Signature(timestamp, HexFormat.of().formatHex(mac.doFinal(body)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    Map<String, String> headers() {
        return Map.of("Quorate-Timestamp", String.valueOf(timestamp), "Quorate-Signature", "v1=" + hex);
    }
}
