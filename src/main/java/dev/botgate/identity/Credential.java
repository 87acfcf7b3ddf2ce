package dev.botgate.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What a request shows for itself in {@code Authorization}.
 *
 * @param values each value of the header; never empty
 */
record Credential(List<String> values) {
    private static final String SCHEME = "Bearer ";

    /** The values, if there are any that are not blank. */
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

    /** Whether one of the values is of the scheme Bearer. */
    boolean bearer() {
        return values.stream().anyMatch(Credential::bearer);
    }

    /** The bearer token, when there is this one value and no other. */
    Optional<String> token() {
        return values.size() == 1 && bearer(values.get(0))
                ? Optional.of(values.get(0).substring(SCHEME.length()).strip())
                : Optional.empty();
    }

    private static boolean bearer(String value) {
        return value.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }
}
