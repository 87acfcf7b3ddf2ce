package dev.botgate.audit.redaction;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** One version of the redaction key, for HMAC-SHA-256: RFC 2104. {@link #toString} withholds the key. */
public final class RedactionKey {
    private static final String ALGORITHM = "HmacSHA256";

    private static final Pattern REPLACEMENT = Pattern.compile("hmac-sha256:[A-Za-z0-9.-]{1,32}:[0-9a-f]{64}");

    private final String version;
    private final Mac fresh;

    RedactionKey(String version, byte[] key) {
        this.version = version;
        try {
            fresh = Mac.getInstance(ALGORITHM);
            fresh.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has HMAC-SHA-256", e);
        }
    }

    public String version() {
        return version;
    }

    /** A new MAC with this key. */
    public Mac mac() {
        try {
            return (Mac) fresh.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Every JDK's HMAC-SHA-256 can be cloned", e);
        }
    }

    /** The text that replaces a scalar in the record. Resets {@code mac}. */
    String replacement(Mac mac, byte[] scalar) {
        return text(version, HexFormat.of().formatHex(mac.doFinal(scalar)));
    }

    /** Whether {@code value} is such a replacement. */
    public static boolean isReplacement(String value) {
        return REPLACEMENT.matcher(value).matches();
    }

    /** A keyed digest as text: {@code hmac-sha256:VERSION:HEX}. */
    public static String text(String version, String hex) {
        return "hmac-sha256:" + version + ":" + hex;
    }

    @Override
    public String toString() {
        return "RedactionKey[version=" + version + "]";
    }
}
