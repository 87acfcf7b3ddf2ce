package dev.botgate.bench;

import dev.botgate.bench.Requests.Samples;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connector of the benchmark: answers every POST with an id, everything else with a list of members, whatever is
 * asked. As cheap as can be, so that the proxies are what is measured.
 */
final class FixedUpstream {
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};
    private static final Buffer LIST = answer("200 OK", Samples.members());
    private static final Buffer CREATED = answer("201 Created", "{\"id\":\"1700000000000:f:1\"}");

    /** Tells, as the body of its reply, how many other requests were answered. */
    static final String COUNT = "/answered";

    private static final AtomicLong ANSWERED = new AtomicLong();

    private FixedUpstream() {}

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        Vertx.vertx()
                .createNetServer(new NetServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(port)
                        .setTcpNoDelay(true)
                        .setAcceptBacklog(4_096))
                .connectHandler(socket -> socket.handler(answering(socket)))
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private static Handler<Buffer> answering(NetSocket socket) {
        Reading reading = new Reading();
        return bytes -> {
            if (reading.ends(bytes)) {
                var unused = socket.write(reading.answer);
            }
        };
    }

    private static Buffer answer(String status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return Buffer.buffer("HTTP/1.1 " + status + "\r\nContent-Type: application/json; charset=utf-8\r\n"
                        + "x-ms-correlation: 0\r\nContent-Length: " + bytes.length + "\r\n\r\n")
                .appendBytes(bytes);
    }

    /** One connection: requests one after the other, bodies with Content-Length or in chunks. */
    static final class Reading {
        private static final int LAST_CHUNK = 5;

        private @Nullable Buffer partial;
        private long bodyLeft;
        private boolean chunked;
        private String lastOfBody = "";
        private Buffer answer = LIST;

        /** Whether a request ends with {@code bytes}, so that it is to be answered. */
        boolean ends(Buffer bytes) {
            Buffer all = partial == null ? bytes : partial.appendBuffer(bytes);
            partial = null;
            int body = 0;
            if (bodyLeft == 0 && !chunked) {
                body = headEnd(all);
                if (body < 0) {
                    partial = all.copy();
                    return false;
                }
                head(all.getString(0, body, "ISO-8859-1"));
            }
            bodyLeft -= all.length() - body;
            if (chunked ? !endsChunks(all, body) : bodyLeft > 0) {
                return false;
            }
            chunked = false;
            bodyLeft = 0;
            lastOfBody = "";
            return true;
        }

        private void head(String head) {
            if (head.startsWith("GET " + COUNT + " ")) {
                answer = answer("200 OK", ANSWERED.toString());
            } else {
                ANSWERED.incrementAndGet();
                answer = head.startsWith("POST") ? CREATED : LIST;
            }
            String lower = head.toLowerCase(java.util.Locale.ROOT);
            chunked = lower.contains("\r\ntransfer-encoding:");
            int length = lower.indexOf("\r\ncontent-length:");
            bodyLeft = length < 0
                    ? 0
                    : Long.parseLong(lower.substring(length + 17, lower.indexOf('\r', length + 17))
                            .strip());
        }

        /** Good enough for the bodies of the benchmark, of which none holds this; it may come in parts. */
        private boolean endsChunks(Buffer bytes, int body) {
            int from = Math.max(body, bytes.length() - LAST_CHUNK);
            String last = lastOfBody + bytes.getString(from, bytes.length(), "ISO-8859-1");
            lastOfBody = last.substring(Math.max(0, last.length() - LAST_CHUNK));
            return lastOfBody.equals("0\r\n\r\n");
        }

        private static int headEnd(Buffer bytes) {
            for (int i = 0; i + 4 <= bytes.length(); i++) {
                if (bytes.getByte(i) == HEAD_END[0]
                        && bytes.getByte(i + 1) == HEAD_END[1]
                        && bytes.getByte(i + 2) == HEAD_END[2]
                        && bytes.getByte(i + 3) == HEAD_END[3]) {
                    return i + 4;
                }
            }
            return -1;
        }
    }
}
