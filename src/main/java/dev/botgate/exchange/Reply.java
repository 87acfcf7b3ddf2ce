package dev.botgate.exchange;

import io.vertx.core.MultiMap;
import java.util.List;

/**
 * A reply to the client.
 *
 * @param status the HTTP status
 * @param reason the reason phrase, as the upstream wrote it
 * @param headers end-to-end headers, repeats kept; without Content-Length and Transfer-Encoding, which the body determines.
 *     Never changed in place
 * @param attempts all attempts in order, where there were several; else empty
 */
public record Reply(int status, String reason, MultiMap headers, ReplyBody body, List<EndedAttempt> attempts) {
    public Reply {
        attempts = List.copyOf(attempts);
    }

    /** The reply to a single attempt. */
    public Reply(int status, String reason, MultiMap headers, ReplyBody body) {
        this(status, reason, headers, body, List.of());
    }

    /** The same reply with other headers. */
    public Reply withHeaders(MultiMap replacement) {
        return new Reply(status, reason, replacement, body, attempts);
    }

    /** The same reply with another body. */
    public Reply withBody(ReplyBody replacement) {
        return new Reply(status, reason, headers, replacement, attempts);
    }

    /** The same reply with the attempts that led to it. */
    public Reply withAttempts(List<EndedAttempt> all) {
        return new Reply(status, reason, headers, body, all);
    }
}
