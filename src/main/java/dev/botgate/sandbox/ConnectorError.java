package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** An answer other than success, on its way to the client: {@code {"error":{"code":...,"message":...}}}. */
final class ConnectorError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String text;

    ConnectorError(int status, String code, String text) {
        super(text, null, false, false);
        this.status = status;
        this.code = code;
        this.text = text;
    }

    static ConnectorError badSyntax(String text) {
        return new ConnectorError(400, "BadSyntax", text);
    }

    static ConnectorError badArgument(String text) {
        return new ConnectorError(400, "BadArgument", text);
    }

    static ConnectorError notFound(String code, String text) {
        return new ConnectorError(404, code, text);
    }

    SandboxReply answer() {
        return SandboxReply.json(status, error(code, text));
    }

    /** The text of an {@code ErrorResponse}. */
    static String body(String code, String text) {
        return error(code, text).toString();
    }

    private static ObjectNode error(String code, String text) {
        ObjectNode root = SandboxJson.object();
        root.putObject("error").put("code", code).put("message", text);
        return root;
    }
}
