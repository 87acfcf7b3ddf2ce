package dev.botgate.admin;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.server.HeadCheck;
import io.vertx.core.http.HttpServerRequest;

/** What a request's head must be before the router looks at it: as for bots, and with a target that can be decoded. */
final class OperatorHead {
    private OperatorHead() {}

    /** @throws GatewayException MALFORMED_REQUEST, naming the part that is wrong */
    static void check(HttpServerRequest request) {
        String target = HeadCheck.target(request.version(), request.uri(), request.headers());
        for (int percent = target.indexOf('%'); percent >= 0; percent = target.indexOf('%', percent + 1)) {
            if (!isHex(target, percent + 1) || !isHex(target, percent + 2)) {
                throw new GatewayException(
                        Failure.MALFORMED_REQUEST, "The request target has a % without two hexadecimal digits");
            }
        }
    }

    private static boolean isHex(String text, int at) {
        return at < text.length() && Character.digit(text.charAt(at), 16) >= 0 && text.charAt(at) < 0x80;
    }
}
