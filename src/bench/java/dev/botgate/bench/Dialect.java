package dev.botgate.bench;

import com.sun.management.ThreadMXBean;
import dev.botgate.exchange.Call;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.normalize.NormalizeSettings;
import dev.botgate.normalize.Normalizer;
import dev.botgate.operation.RouteTable;
import dev.botgate.schema.Schema;
import dev.botgate.testing.ReceivedBody;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
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

    /** The normalizing of bodies alone, on this thread: no network, no record. */
    static final class Conversion {
        private static final String PATH = "/v3/conversations/c/activities";
        private static final Reply DONE =
                new Reply(200, "OK", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Absent(-1));
        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        private final Normalizer normalizer = new Normalizer(
                new NormalizeSettings(
                        16L << 20, 128, 1_000_000, 100_000, 100_000, 10_000, 16 << 20, Map.of(), 256L << 10),
                Schema.connector());
        private Buffer latest = Buffer.buffer();

        /**
         * What one body costs.
         *
         * @param micros of processor time
         */
        record Cost(double micros, double allocatedBytes) {}

        /** The JSON that {@code bytes} become. */
        Buffer json(Dialect dialect, byte[] bytes) {
            convert(request(dialect, Buffer.buffer(bytes)));
            return latest;
        }

        /** What it costs once the compilers rest, on average over {@code length}. */
        Cost measure(Dialect dialect, byte[] bytes, Duration length) {
            Identified request = request(dialect, Buffer.buffer(bytes));
            var unused = measured(request, length);
            return measured(request, length);
        }

        private Cost measured(Identified request, Duration length) {
            long end = System.nanoTime() + length.toNanos();
            long cpu = THREADS.getCurrentThreadCpuTime();
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long count = 0;
            while (System.nanoTime() < end) {
                convert(request);
                count++;
            }
            return new Cost(
                    (THREADS.getCurrentThreadCpuTime() - cpu) / 1e3 / count,
                    (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / count);
        }

        private void convert(Identified request) {
            Future<Reply> done = normalizer.apply(request, this::take);
            if (done.failed()) {
                throw new IllegalStateException(done.cause());
            }
        }

        private Future<Reply> take(Call call) {
            latest = ((Payload.Whole) call.payload()).bytes();
            return Future.succeededFuture(DONE);
        }

        private static Identified request(Dialect dialect, Buffer bytes) {
            MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", dialect.contentType());
            if (dialect == Dialect.JSON_GZIP) {
                headers.add("Content-Encoding", "gzip");
            }
            RequestHead head = new RequestHead(
                    "measured",
                    Instant.EPOCH,
                    "POST",
                    "bench",
                    PATH,
                    RouteTable.match("POST", PATH),
                    headers,
                    new Peer("127.0.0.1", "http", "bench"));
            return new Identified(head, Caller.anonymous(), new ReceivedBody(bytes));
        }
    }
}
