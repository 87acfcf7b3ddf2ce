package dev.botgate.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The credential of a request.
 *
 * @param values the values of the header {@code Authorization}; never empty
 */
record Credential(List<String> values) {
    private static final String SCHEME = "Bearer ";

    /** The credential in {@code values}; empty when all are blank. */
    static Optional<Credential> of(List<String> values) {
        return values.stream().allMatch(String::isBlank) ? Optional.empty() : Optional.of(new Credential(values));
    }

    /** SHA-256 of the whole credential, in lower-case hex. */
    String digest() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of()
                    .formatHex(sha256.digest(String.join("\n", values).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    /** Whether one of the values has the scheme Bearer. */
    boolean isBearer() {
        return values.stream().anyMatch(Credential::isBearer);
    }

    /** The bearer token, when it is the only value. */
    Optional<String> token() {
        return values.size() == 1 && isBearer(values.get(0))
                ? Optional.of(values.get(0).substring(SCHEME.length()).strip())
                : Optional.empty();
    }

    private static boolean isBearer(String value) {
        return value.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }
}
