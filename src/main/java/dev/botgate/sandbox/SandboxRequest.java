package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.botgate.failure.SettingCheck;
import dev.botgate.operation.Route;
import dev.botgate.operation.RouteTable;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request as the connector sees it.
 *
 * @param origin scheme and host as the client called them
 * @param uri raw path and query
 * @param contentType the header's value, empty without one
 */
record SandboxRequest(String method, String origin, String uri, Route route, String contentType, Buffer body) {
    private static final Pattern VERSION = Pattern.compile("/v[13](?=/|$)", Pattern.CASE_INSENSITIVE);

    String rawPath() {
        int question = uri.indexOf('?');
        return question < 0 ? uri : uri.substring(0, question);
    }

    /** The address under which this connector was called: origin and whatever preceded {@code /v3}, with a last slash. */
    String serviceUrl() {
        Matcher version = VERSION.matcher(rawPath());
        return origin + (version.find() ? rawPath().substring(0, version.start()) : "") + "/";
    }

    /** The decoded segments from {@code v1} or {@code v3} on; empty where neither occurs. */
    List<String> segments() {
        Matcher version = VERSION.matcher(rawPath());
        if (!version.find()) {
            return List.of();
        }
        return Arrays.stream(rawPath().substring(version.start() + 1).split("/"))
                .map(RouteTable::decode)
                .toList();
    }

    /** The first value of a query parameter whose name is {@code name}, letter case aside. */
    Optional<String> query(String name) {
        int question = uri.indexOf('?');
        if (question < 0) {
            return Optional.empty();
        }
        return Arrays.stream(uri.substring(question + 1).split("&"))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2 && RouteTable.decode(pair[0]).equalsIgnoreCase(name))
                .map(pair -> RouteTable.decode(pair[1].replace('+', ' ')))
                .findFirst();
    }

    /** The whole number of a query parameter, or {@code defaultValue}. */
    int number(String name, int defaultValue, int minimum, int maximum) {
        String text = query(name).orElse("");
        try {
            int number = text.isEmpty() ? defaultValue : Integer.parseInt(text);
            SettingCheck.between(name, number, minimum, maximum);
            return number;
        } catch (NumberFormatException notANumber) {
            throw ConnectorError.badArgument(name + ": no number (expected: " + minimum + " to " + maximum + ").");
        } catch (IllegalArgumentException beyond) {
            throw ConnectorError.badArgument(String.valueOf(beyond.getMessage()));
        }
    }

    /** The body as a JSON object; throws unless its media type is JSON. */
    ObjectNode object() {
        String mediaType = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!mediaType.isEmpty() && !mediaType.equals("application/json") && !mediaType.equals("text/json")) {
            throw new ConnectorError(
                    415, "UnsupportedMediaType", "Content-Type " + mediaType + " (expected: application/json).");
        }
        return SandboxJson.objectIn(body);
    }
}
