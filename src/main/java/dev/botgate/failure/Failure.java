package dev.botgate.failure;

import static dev.botgate.failure.Failure.Fault.CLIENT;
import static dev.botgate.failure.Failure.Fault.GATEWAY;
import static dev.botgate.failure.Failure.Fault.UPSTREAM;

/** Every failure that the gateway itself can reply with. */
public enum Failure {
    // spotless:off
    MALFORMED_REQUEST(400, "MalformedRequest", CLIENT, false),
    MALFORMED_BODY(400, "MalformedBody", CLIENT, false),
    UNAUTHORIZED(401, "Unauthorized", CLIENT, false),
    FORBIDDEN(403, "Forbidden", CLIENT, false),
    UNKNOWN_ROUTE(404, "UnknownRoute", CLIENT, false),
    METHOD_NOT_ALLOWED(405, "MethodNotAllowed", CLIENT, false),
    HEAD_TIMEOUT(408, "HeadTimeout", CLIENT, false),
    BODY_TIMEOUT(408, "BodyTimeout", CLIENT, false),
    BODY_TOO_LARGE(413, "BodyTooLarge", CLIENT, false),
    URI_TOO_LONG(414, "UriTooLong", CLIENT, false),
    UNSUPPORTED_MEDIA_TYPE(415, "UnsupportedMediaType", CLIENT, false),
    EXPECTATION_FAILED(417, "ExpectationFailed", CLIENT, false),
    THROTTLED(429, "Throttled", CLIENT, false),
    HEADERS_TOO_LARGE(431, "HeadersTooLarge", CLIENT, false),
    CLIENT_GONE(499, "ClientGone", CLIENT, true),
    INTERNAL_ERROR(500, "InternalError", GATEWAY, true),
    METHOD_NOT_IMPLEMENTED(501, "MethodNotImplemented", CLIENT, false),
    UPSTREAM_UNREACHABLE(502, "UpstreamUnreachable", UPSTREAM, false),
    UPSTREAM_REPLY_BROKEN(502, "UpstreamReplyBroken", UPSTREAM, true),
    UPSTREAM_REPLY_TOO_LARGE(502, "UpstreamReplyTooLarge", UPSTREAM, true),
    GATEWAY_BUSY(503, "GatewayBusy", GATEWAY, false),
    AUDIT_UNAVAILABLE(503, "AuditUnavailable", GATEWAY, false),
    IDENTITY_UNAVAILABLE(503, "IdentityUnavailable", UPSTREAM, false),
    UPSTREAM_BUSY(503, "UpstreamBusy", UPSTREAM, false),
    SHUTTING_DOWN(503, "ShuttingDown", GATEWAY, false),
    NOT_CACHED(504, "NotCached", CLIENT, false),
    HTTP_VERSION_NOT_SUPPORTED(505, "HttpVersionNotSupported", CLIENT, false),
    UPSTREAM_TIMEOUT(504, "UpstreamTimeout", UPSTREAM, true);
    // spotless:on

    /** Who caused a failure; decides how it is logged and counted. */
    public enum Fault {
        CLIENT,
        GATEWAY,
        UPSTREAM
    }

    private final int status;
    private final String code;
    private final Fault fault;
    private final boolean mayHaveHappened;

    Failure(int status, String code, Fault fault, boolean mayHaveHappened) {
        this.status = status;
        this.code = code;
        this.fault = fault;
        this.mayHaveHappened = mayHaveHappened;
    }

    /** The HTTP status of the reply. */
    public int status() {
        return status;
    }

    /** The {@code error.code} of the Bot Framework's {@code ErrorResponse}. */
    public String code() {
        return code;
    }

    public Fault fault() {
        return fault;
    }

    /** Whether the connector may have acted on the request despite the failure. */
    public boolean mayHaveHappened() {
        return mayHaveHappened;
    }
}
