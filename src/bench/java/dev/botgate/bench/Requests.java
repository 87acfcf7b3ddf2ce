package dev.botgate.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** The requests of a workload as they go over the wire, and the order in which they go, always the same. */
final class Requests {
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
}
