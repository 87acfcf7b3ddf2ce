package dev.botgate.audit;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a body was, without the body.
 *
 * @param length in bytes
 * @param sha256 in lower-case hex
 */
public record Digest(long length, String sha256) {
    /** The digest of {@code bytes}. */
    public static Digest of(Buffer bytes) {
        return of(bytes.getBytes());
    }

    static Digest of(byte[] bytes) {
        return new Digest(bytes.length, HexFormat.of().formatHex(newSha256().digest(bytes)));
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
