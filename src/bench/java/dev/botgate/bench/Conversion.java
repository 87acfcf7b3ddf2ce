package dev.botgate.bench;

import com.sun.management.ThreadMXBean;
import dev.botgate.exchange.Call;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.IncomingBody;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.normalize.NormalizeSettings;
import dev.botgate.normalize.Normalizer;
import dev.botgate.operation.RouteTable;
import dev.botgate.schema.Schema;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;

/** The normalizing of bodies alone, on this thread: no network, no record. */
final class Conversion {
    private static final String PATH = "/v3/conversations/c/activities";
    private static final Reply DONE =
            new Reply(200, "OK", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Absent(-1));
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Normalizer normalizer = new Normalizer(
            new NormalizeSettings(16L << 20, 128, 1_000_000, 100_000, 100_000, 10_000, 16 << 20, 256L << 10),
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
        return new Identified(head, Caller.anonymous(), new Held(bytes));
    }

    /** A body that is there already, and can be read again. */
    private record Held(Buffer bytes) implements IncomingBody {
        @Override
        public long length() {
            return bytes.length();
        }

        @Override
        public Future<Buffer> read(long maximumBytes) {
            return Future.succeededFuture(bytes);
        }

        @Override
        public void hold(long bytes) {}

        @Override
        public ReadStream<Buffer> stream() {
            throw new IllegalStateException("The body is no stream");
        }
    }
}
