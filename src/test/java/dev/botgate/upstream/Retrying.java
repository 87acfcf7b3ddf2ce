package dev.botgate.upstream;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.operation.RouteTable;
import dev.botgate.testing.TestSettings;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What tests of retries speak of: settings, calls and replies. */
final class Retrying {
    static final String ACTIVITIES = "/v3/conversations/19%3Ac/activities";
    static final Duration DEADLINE = Duration.ofSeconds(20);

    private Retrying() {}

    static RetrySettings never() {
        return settings(1, 0, 0);
    }

    /** Pauses of up to 100 ms, twice as long each time, up to a second. */
    static RetrySettings settings(int maximumAttempts, int budgetPercent, int budgetMinimumPerSecond) {
        return TestSettings.with(
                TestSettings.PACKAGED.upstream().retry(),
                "maximumAttempts",
                maximumAttempts,
                "baseDelay",
                Duration.ofMillis(100),
                "maximumDelay",
                Duration.ofSeconds(1),
                "budgetPercent",
                budgetPercent,
                "budgetMinimumPerSecond",
                budgetMinimumPerSecond);
    }

    static Payload.Whole json(String text) {
        return new Payload.Whole(Buffer.buffer(text), "application/json", "application/json", List.of());
    }

    static Call call(String method, String uri, Payload payload, MultiMap headers) {
        RequestHead head = new RequestHead(
                "request-1",
                Instant.EPOCH,
                method,
                "teams",
                uri,
                RouteTable.match(method, uri.split("\\?", 2)[0]),
                headers,
                new Peer("127.0.0.1", "http", "localhost:3980"));
        return new Call(head, Caller.anonymous(), payload);
    }

    static Call call(String method, String uri, Payload payload) {
        return call(method, uri, payload, MultiMap.caseInsensitiveMultiMap());
    }

    static Reply reply(int status, String... headers) {
        MultiMap all = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < headers.length; i += 2) {
            all.add(headers[i], headers[i + 1]);
        }
        return new Reply(status, "Reason", all, new ReplyBody.Whole(Buffer.buffer()));
    }

    /** A body that nobody may touch. */
    static final class NeverRead implements ReadStream<Buffer> {
        @Override
        public NeverRead exceptionHandler(@Nullable Handler<Throwable> handler) {
            throw touched();
        }

        @Override
        public NeverRead handler(@Nullable Handler<Buffer> handler) {
            throw touched();
        }

        @Override
        public NeverRead pause() {
            throw touched();
        }

        @Override
        public NeverRead resume() {
            throw touched();
        }

        @Override
        public NeverRead fetch(long amount) {
            throw touched();
        }

        @Override
        public NeverRead endHandler(@Nullable Handler<Void> handler) {
            throw touched();
        }

        private static AssertionError touched() {
            return new AssertionError("The body was touched");
        }
    }
}
