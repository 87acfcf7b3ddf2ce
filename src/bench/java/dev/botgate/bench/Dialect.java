package dev.botgate.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/** A way in which clients write a message; the same one by all. */
enum Dialect {
    JSON("JSON", "application/json"),
    JSON_GZIP("JSON, gzip", "application/json"),
    OPENAPI("XML, OpenAPI style", "application/xml"),
    XML_SERIALIZER("XML, XmlSerializer", "application/xml"),
    DATA_CONTRACT("XML, DataContractSerializer", "application/xml"),
    FORM("form", "application/x-www-form-urlencoded");

    private static final String TIMESTAMP = "timestamp";
    private final String title;
    private final String contentType;

    Dialect(String title, String contentType) {
        this.title = title;
        this.contentType = contentType;
    }

    String title() {
        return title;
    }

    String contentType() {
        return contentType;
    }

    /** A message with so many attachments; without any it has 0.9 kB as JSON, and 0.1 kB more for each. */
    byte[] message(int attachments) {
        Map<String, Object> message = content(attachments);
        return switch (this) {
            case JSON -> utf8(json(message));
            case JSON_GZIP -> gzip(utf8(json(message)));
            case OPENAPI -> utf8("<Activity>" + plain(message) + "</Activity>");
            case XML_SERIALIZER -> utf8("<?xml version=\"1.0\"?><Activity>" + wrapped(message, false) + "</Activity>");
            case DATA_CONTRACT ->
                utf8("<Activity xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\""
                        + " xmlns=\"http://schemas.datacontract.org/2004/07/Microsoft.Bot.Connector\">"
                        + wrapped(message, true) + "</Activity>");
            case FORM -> {
                List<String> fields = new ArrayList<>();
                form("", message, fields);
                yield utf8(String.join("&", fields));
            }
        };
    }

    private static Map<String, Object> content(int attachments) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("type", "message");
        message.put("from", object("id", "28:11111111-2222-3333-4444-555555555555", "name", "Benchmark"));
        message.put("conversation", object("id", "19:benchmark@thread.tacv2", "conversationType", "channel"));
        message.put("recipient", object("id", "29:1abcdefghijklmnopqrstuvwxyz", "name", "A Member"));
        message.put("locale", "en-GB");
        message.put(TIMESTAMP, "2026-01-31T12:00:00.1234567+01:00");
        message.put("text", "Deployment of service number seven has finished. ".repeat(10));
        message.put("textFormat", "markdown");
        message.put(
                "attachments",
                IntStream.range(0, attachments)
                        .mapToObj(i -> object(
                                "contentType",
                                "image/png",
                                "contentUrl",
                                "https://example.org/images/" + i + ".png",
                                "name",
                                "Image " + i))
                        .toList());
        return message;
    }

    private static Map<String, Object> object(String... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    private static Map<String, Object> members(Object object) {
        Map<String, Object> members = new LinkedHashMap<>();
        ((Map<?, ?>) object).forEach((name, value) -> members.put((String) name, value));
        return members;
    }

    private static String json(Object value) {
        if (value instanceof Map<?, ?> object) {
            return members(object).entrySet().stream()
                    .map(member -> "\"" + member.getKey() + "\":" + json(member.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        return value instanceof List<?> list
                ? list.stream().map(Dialect::json).collect(Collectors.joining(",", "[", "]"))
                : "\"" + value + "\"";
    }

    private static String plain(Object value) {
        if (!(value instanceof Map<?, ?> object)) {
            return value.toString();
        }
        return members(object).entrySet().stream()
                .flatMap(member -> (member.getValue() instanceof List<?> list ? list : List.of(member.getValue()))
                        .stream().map(item -> element(member.getKey(), plain(item))))
                .collect(Collectors.joining());
    }

    private static String wrapped(Object value, boolean dataContract) {
        if (value instanceof List<?> list) {
            return list.stream()
                    .map(item -> element("Attachment", wrapped(item, dataContract)))
                    .collect(Collectors.joining());
        }
        if (!(value instanceof Map<?, ?> object)) {
            return value.toString();
        }
        return members(object).entrySet().stream()
                .map(member -> dataContract && member.getKey().equals(TIMESTAMP)
                        ? "<Timestamp xmlns:d=\"http://schemas.datacontract.org/2004/07/System\">"
                                + "<d:DateTime>2026-01-31T11:00:00.1234567Z</d:DateTime>"
                                + "<d:OffsetMinutes>60</d:OffsetMinutes></Timestamp>"
                        : element(
                                Character.toUpperCase(member.getKey().charAt(0))
                                        + member.getKey().substring(1),
                                wrapped(member.getValue(), dataContract)))
                .collect(Collectors.joining());
    }

    private static String element(String name, String content) {
        return "<" + name + ">" + content + "</" + name + ">";
    }

    private static void form(String name, Object value, List<String> fields) {
        if (value instanceof Map<?, ?> object) {
            members(object)
                    .forEach((member, its) -> form(name.isEmpty() ? member : name + "[" + member + "]", its, fields));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                form(name + "[" + i + "]", list.get(i), fields);
            }
        } else {
            fields.add(encoded(name) + "=" + encoded(value.toString()));
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
