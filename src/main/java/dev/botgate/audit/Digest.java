package dev.botgate.audit;

import dev.botgate.audit.redaction.RedactionKey;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * What a body was, without the body.
 *
 * @param length in bytes
 * @param sha256 in lower-case hex
 * @param key the version of the key where it is an HMAC-SHA-256, so that nobody finds the body by trying; null for SHA-256
 */
public record Digest(long length, String sha256, @Nullable String key) {
    /** To be made is a third of a short body's digest. */
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(Digest::newSha256);

    /** A digest without a key. */
    public Digest(long length, String sha256) {
        this(length, sha256, null);
    }

    /** The digest of {@code bytes}. */
    public static Digest of(Buffer bytes) {
        HeldBytes held = HeldBytes.of(bytes);
        return of(held.array(), held.start(), held.length());
    }

    static Digest of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    private static Digest of(byte[] bytes, int start, int length) {
        MessageDigest sha256 = SHA_256.get();
        sha256.update(bytes, start, length);
        return new Digest(length, HexFormat.of().formatHex(sha256.digest()));
    }

    /** The digest of {@code bytes} that only {@code key} makes. */
    public static Digest of(Buffer bytes, RedactionKey key) {
        return new Digest(bytes.length(), HexFormat.of().formatHex(key.mac().doFinal(bytes.getBytes())), key.version());
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /** The digest of a body that comes in pieces. */
    static final class InProgress {
        private final Consumer<byte[]> update;
        private final Supplier<byte[]> end;
        private final @Nullable String key;
        private long length;

        private InProgress(Consumer<byte[]> update, Supplier<byte[]> end, @Nullable String key) {
            this.update = update;
            this.end = end;
            this.key = key;
        }

        static InProgress sha256() {
            MessageDigest sha256 = Digest.newSha256();
            return new InProgress(sha256::update, sha256::digest, null);
        }

        /** One that only {@code key} makes. */
        static InProgress by(RedactionKey key) {
            Mac mac = key.mac();
            return new InProgress(mac::update, mac::doFinal, key.version());
        }

        void add(byte[] piece) {
            length += piece.length;
            update.accept(piece);
        }

        /** How much has been added. */
        long length() {
            return length;
        }

        /** To be asked once. */
        Digest end() {
            return new Digest(length, HexFormat.of().formatHex(end.get()), key);
        }
    }
}
