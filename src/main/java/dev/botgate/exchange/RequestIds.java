package dev.botgate.exchange;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The id that follows a request through the gateway, its log, its record and the upstream's log. */
public final class RequestIds {
    /** The request header with the client's id; the gateway adds its own id if the client sent none. */
    public static final String HEADER = "x-ms-client-request-id";

    /** The reply header with the id. */
    public static final String REPLY_HEADER = "Botgate-Request-Id";

    private static final int MAX_LENGTH = 128;

    private RequestIds() {}

    /** The client's id, if it is valid: 1 to 128 visible ASCII characters. */
    public static Optional<String> valid(@Nullable String sent) {
        if (sent == null || sent.isEmpty() || sent.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        for (int i = 0; i < sent.length(); i++) {
            if (sent.charAt(i) <= ' ' || sent.charAt(i) >= 0x7f) {
                return Optional.empty();
            }
        }
        return Optional.of(sent);
    }
}
