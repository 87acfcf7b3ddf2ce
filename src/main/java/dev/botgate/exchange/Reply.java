package dev.botgate.exchange;

import io.vertx.core.MultiMap;

/**
 * What goes back to the client.
 *
 * @param status the HTTP status
 * @param reason the reason phrase, as the upstream wrote it
 * @param headers end-to-end headers, repeats kept; without Content-Length and Transfer-Encoding, which the body gives.
 *     Whoever changes them works on a copy
 */
public record Reply(int status, String reason, MultiMap headers, ReplyBody body) {
    /** The same reply with other headers. */
    public Reply withHeaders(MultiMap replacement) {
        return new Reply(status, reason, replacement, body);
    }

    /** The same reply with another body. */
    public Reply withBody(ReplyBody replacement) {
        return new Reply(status, reason, headers, replacement);
    }
}
