package dev.botgate.audit.access;

import dev.botgate.audit.Digest;
import dev.botgate.audit.Intent;
import dev.botgate.audit.RecordedBody;
import java.util.Locale;

/** The result of comparing a recorded body with its recorded digest. */
public enum DigestCheck {
    /** The bytes are those of which the digest was recorded. */
    MATCHES,
    /** They are not, or one of the two is missing: the row was changed after it was written, or damaged. */
    DIFFERS,
    /** There are no bytes, or the digest is of a document of which the bytes are only part. */
    UNCHECKED;

    /**
     * Compares body and digest of an intent that was read with its body.
     *
     * <p>Of a {@link RecordedBody.Form#REDUCED} body the digest is of what was sent, and of an uploaded attachment that is
     * redacted it may be of the document before its bytes were left out.
     */
    public static DigestCheck of(Intent intent) {
        RecordedBody body = intent.body();
        return switch (body.form()) {
            case NONE, STREAMED -> body.bytes() == null && body.digest() == null ? UNCHECKED : DIFFERS;
            case REDUCED -> UNCHECKED;
            case WHOLE -> matches(body) ? MATCHES : DIFFERS;
            case REDACTED -> {
                if (body.bytes() == null) {
                    yield UNCHECKED;
                }
                boolean attachment = intent.operation().equals("UploadAttachment");
                yield matches(body) ? MATCHES : attachment ? UNCHECKED : DIFFERS;
            }
        };
    }

    private static boolean matches(RecordedBody body) {
        return body.bytes() != null && Digest.of(body.bytes()).equals(body.digest());
    }

    /** As commands and replies show it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
