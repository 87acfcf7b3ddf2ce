package dev.botgate.upstream;

import dev.botgate.exchange.Reply;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Why another attempt may help.
 *
 * <p>Source: what Teams asks clients to repeat (msteams-docs, "Optimize your bot with rate limiting"): 412, 429, 502, 503 and
 * 504, but not 500.
 */
enum RetryReason {
    UNREACHABLE("unreachable", true),
    BROKEN("broken", false),
    TIMEOUT("timeout", false),
    STATUS_412("412", true),
    STATUS_429("429", true),
    STATUS_502("502", false),
    STATUS_503("503", false),
    STATUS_504("504", false);

    private final String text;
    private final boolean certainlyNotDone;

    RetryReason(String text, boolean certainlyNotDone) {
        this.text = text;
        this.certainlyNotDone = certainlyNotDone;
    }

    /** The reason that a result gives, if it gives one. */
    static Optional<RetryReason> of(Future<Reply> ended) {
        if (ended.succeeded()) {
            return switch (ended.result().status()) {
                case 412 -> Optional.of(STATUS_412);
                case 429 -> Optional.of(STATUS_429);
                case 502 -> Optional.of(STATUS_502);
                case 503 -> Optional.of(STATUS_503);
                case 504 -> Optional.of(STATUS_504);
                default -> Optional.empty();
            };
        }
        if (!(ended.cause() instanceof GatewayException known)) {
            return Optional.empty();
        }
        return switch (known.failure()) {
            case UPSTREAM_UNREACHABLE -> Optional.of(UNREACHABLE);
            case UPSTREAM_REPLY_BROKEN -> Optional.of(BROKEN);
            case UPSTREAM_TIMEOUT -> Optional.of(TIMEOUT);
            default -> Optional.empty();
        };
    }

    /** Whether the connector cannot have acted on the request. */
    boolean certainlyNotDone() {
        return certainlyNotDone;
    }

    /** How metrics and logs name it. */
    String text() {
        return text;
    }
}
