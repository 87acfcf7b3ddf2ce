package dev.botgate.audit;

import dev.botgate.audit.redaction.RedactionKey;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/** The digest of a body that comes piece by piece. */
final class DigestInProgress {
    private final Consumer<byte[]> update;
    private final Supplier<byte[]> end;
    private final @Nullable String key;
    private long length;

    private DigestInProgress(Consumer<byte[]> update, Supplier<byte[]> end, @Nullable String key) {
        this.update = update;
        this.end = end;
        this.key = key;
    }

    static DigestInProgress sha256() {
        MessageDigest sha256 = Digest.newSha256();
        return new DigestInProgress(sha256::update, sha256::digest, null);
    }

    /** One that only {@code key} makes. */
    static DigestInProgress by(RedactionKey key) {
        Mac mac = key.mac();
        return new DigestInProgress(mac::update, mac::doFinal, key.version());
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
