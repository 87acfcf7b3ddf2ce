package dev.botgate.upstream;

import dev.botgate.exchange.Reply;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.AsyncResult;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Times attempts, by connector and by what came of them: a status class such as {@code 2xx}, or a failure's code. */
final class AttemptMeters {
    private final MeterRegistry registry;
    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

    AttemptMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    private static String text(int status) {
        return switch (status / 100) {
            case 2 -> "2xx";
            case 4 -> "4xx";
            default -> status / 100 + "xx";
        };
    }

    Attempt begin(String connector) {
        return new Attempt(connector, Timer.start(registry));
    }

    private Timer timer(Key key) {
        Timer known = timers.get(key);
        return known != null
                ? known
                : timers.computeIfAbsent(key, missing -> Timer.builder("botgate.upstream.attempts")
                        .description("Requests sent to connectors, to the head or the whole of the reply")
                        .tag("upstream", missing.connector())
                        .tag("result", missing.result())
                        .register(registry));
    }

    private record Key(String connector, String result) {}

    /** An attempt under way. */
    final class Attempt {
        private final String connector;
        private final Timer.Sample sample;

        private Attempt(String connector, Timer.Sample sample) {
            this.connector = connector;
            this.sample = sample;
        }

        void end(AsyncResult<Reply> result) {
            String what = result.succeeded()
                    ? text(result.result().status())
                    : result.cause() instanceof GatewayException failure
                            ? failure.failure().code()
                            : "InternalError";
            sample.stop(timer(new Key(connector, what)));
        }
    }
}
