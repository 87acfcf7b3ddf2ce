package dev.botgate.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The requests of a workload as they go over the wire, and the order in which they go, always the same. */
public final class Requests {
    private static final int ORDER = 1 << 16;

    private final ByteBuffer[] all;
    private final int[] order;
    private int next;

    private Requests(ByteBuffer[] all, int[] order) {
        this.all = all;
        this.order = order;
    }

    /** {@code count} requests in turn. */
    static Requests inTurn(int count, IntFunction<String> request) {
        return of(count, request, i -> i % count);
    }

    /** {@code count} requests, of which number {@code i} is asked for in proportion to 1 / (i + 1). */
    static Requests zipf(int count, IntFunction<String> request) {
        double[] sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += 1.0 / (i + 1);
            sums[i] = sum;
        }
        double total = sum;
        SplittableRandom random = new SplittableRandom(1);
        return of(count, request, ignored -> {
            int found = java.util.Arrays.binarySearch(sums, random.nextDouble() * total);
            return Math.min(count - 1, found < 0 ? -found - 1 : found);
        });
    }

    /** {@code count} requests in turn, of bytes. */
    static Requests bytesInTurn(int count, IntFunction<byte[]> request) {
        ByteBuffer[] all = IntStream.range(0, count)
                .mapToObj(i -> direct(request.apply(i)))
                .toArray(ByteBuffer[]::new);
        return new Requests(all, IntStream.range(0, ORDER).map(i -> i % count).toArray());
    }

    private static Requests of(int count, IntFunction<String> request, IntUnaryOperator order) {
        ByteBuffer[] all = IntStream.range(0, count)
                .mapToObj(i -> direct(request.apply(i)))
                .toArray(ByteBuffer[]::new);
        return new Requests(all, IntStream.range(0, ORDER).map(order).toArray());
    }

    private static ByteBuffer direct(String text) {
        return direct(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** The next one, to be written from its start; valid until it is asked for again. */
    ByteBuffer next() {
        ByteBuffer request = all[order[next]];
        next = (next + 1) % ORDER;
        return request.rewind();
    }

    /** A GET. */
    static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\n" + head() + "\r\n";
    }

    /** A POST. */
    static String post(String target, String contentType, String body) {
        return "POST " + target + " HTTP/1.1\r\n" + head() + "Content-Type: " + contentType + "\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    /** A POST of bytes, with more header lines. */
    static byte[] post(String target, String contentType, String more, byte[] body) {
        byte[] head = ("POST " + target + " HTTP/1.1\r\n" + head() + "Content-Type: " + contentType + "\r\n" + more
                        + "Content-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .array();
    }

    /** As botbuilder for JavaScript sends it. */
    private static String head() {
        return "Host: gateway.example:3980\r\nAccept: */*\r\nUser-Agent: Microsoft-BotFramework/3.1 BotBuilder/4.23.3\r\n"
                + "x-ms-client-request-id: 0a1b2c3d-0000-4000-8000-000000000000\r\nAccept-Encoding: gzip,deflate\r\n"
                + "Authorization: " + Samples.bearer() + "\r\n";
    }

    /** What the requests and replies of the benchmark carry: made up, of usual sizes. */
    public static final class Samples {
        private Samples() {}

        /** A message with a card, 1.5 kB of JSON. */
        public static String activityJson() {
            return """
            {"type":"message","from":{"id":"28:11111111-2222-3333-4444-555555555555","name":"Benchmark"},\
            "conversation":{"id":"19:benchmark@thread.tacv2","conversationType":"channel","isGroup":true},\
            "recipient":{"id":"29:1abcdefghijklmnopqrstuvwxyz","name":"A Member"},"locale":"en-GB",\
            "timestamp":"2026-01-31T12:00:00.1234567+01:00","text":"%s","textFormat":"markdown",\
            "attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"type":"AdaptiveCard",\
            "version":"1.5","body":[%s],"actions":[{"type":"Action.OpenUrl","title":"Open","url":"https://example.org/1"}]}}],\
            "channelData":{"notification":{"alert":true},"tenant":{"id":"99999999-8888-7777-6666-555555555555"}}}\
            """
                    .formatted(
                            "Deployment of service number seven has finished. ".repeat(6),
                            IntStream.range(0, 6)
                                    .mapToObj(i -> "{\"type\":\"TextBlock\",\"text\":\"Line " + i
                                            + " of the card\",\"wrap\":true,\"size\":\"medium\"}")
                                    .collect(Collectors.joining(",")));
        }

        /** A message, 1.5 kB of XML as OpenAPI clients write it. */
        public static String activityXml() {
            return """
            <?xml version="1.0" encoding="utf-8"?><Activity><type>message</type>\
            <from><id>28:11111111-2222-3333-4444-555555555555</id><name>Benchmark</name></from>\
            <conversation><id>19:benchmark@thread.tacv2</id><conversationType>channel</conversationType>\
            <isGroup>true</isGroup></conversation>\
            <recipient><id>29:1abcdefghijklmnopqrstuvwxyz</id><name>A Member</name></recipient>\
            <locale>en-GB</locale><timestamp>2026-01-31T12:00:00.1234567+01:00</timestamp>\
            <text>%s</text><textFormat>markdown</textFormat>%s</Activity>\
            """
                    .formatted(
                            "Deployment of service number seven has finished. ".repeat(6),
                            IntStream.range(0, 6)
                                    .mapToObj(i -> "<attachments><contentType>image/png</contentType><contentUrl>"
                                            + "https://example.org/images/" + i + ".png</contentUrl><name>Image " + i
                                            + "</name></attachments>")
                                    .collect(Collectors.joining()));
        }

        /** A list of members, 12 kB. */
        static String members() {
            return IntStream.range(0, 60)
                    .mapToObj(i ->
                            """
                    {"id":"29:1%029d","name":"Member Number %d","objectId":"%08d-0000-0000-0000-000000000000",\
                    "email":"member%d@example.org","userPrincipalName":"member%d@example.org","tenantId":"9"}\
                    """
                                    .formatted(i, i, i, i, i))
                    .collect(Collectors.joining(",", "[", "]"));
        }

        /** The value of an {@code Authorization} header, as long as those that bots send. */
        static String bearer() {
            return "Bearer " + part("{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"benchmark\"}") + "."
                    + part("{\"aud\":\"https://api.botframework.com\",\"iss\":\"https://sts.windows.net/d6d49420/\","
                            + "\"iat\":1700000000,\"nbf\":1700000000,\"exp\":4102444800,\"aio\":\"" + "x".repeat(60)
                            + "\","
                            + "\"appid\":\"11111111-2222-3333-4444-555555555555\",\"appidacr\":\"1\",\"idp\":\"https://sts.windows.net/d6d49420/\","
                            + "\"tid\":\"d6d49420-f39b-4df7-a1dc-d59a935871db\",\"uti\":\"" + "y".repeat(22)
                            + "\",\"ver\":\"1.0\"}")
                    + "." + part("s".repeat(256));
        }

        private static String part(String text) {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
