package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A reply other than success: {@code {"error":{"code":...,"message":...}}}. */
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

    static ConnectorError badMethod(String method, List<String> expected) {
        return new ConnectorError(
                405, "MethodNotAllowed", method + " (expected here: " + String.join(", ", expected) + ").");
    }

    static ConnectorError notFound(String code, String text) {
        return new ConnectorError(404, code, text);
    }

    SandboxReply reply() {
        ObjectNode root = SandboxJson.object();
        root.putObject("error").put("code", code).put("message", text);
        return SandboxReply.json(status, root);
    }
}
