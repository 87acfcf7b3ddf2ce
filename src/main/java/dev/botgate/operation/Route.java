package dev.botgate.operation;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The operation of a method and a path, with the ids in the path.
 *
 * <p>Ids are percent-decoded, so that {@code 19%3Aabc} and {@code 19:abc} are the same conversation.
 *
 * @param mutation whether the request can change something; for {@link Operation#OTHER} the method decides
 * @param known false for a route under {@link Operation#BASE_PATH} that no client is known to call; a lenient connector
 *     may take it for an operation
 */
public record Route(
        Operation operation,
        boolean mutation,
        @Nullable String conversation,
        @Nullable String activity,
        @Nullable String member,
        boolean known) {

    /** A route outside the path of the twelve operations. */
    static Route other(String method) {
        return new Route(Operation.OTHER, !isSafe(method), null, null, null, true);
    }

    /** An unknown route under the path of the twelve operations. */
    static Route unknown(String method, @Nullable String conversation) {
        return new Route(Operation.OTHER, !isSafe(method), conversation, null, null, false);
    }

    /** Whether {@code method} is safe (RFC 9110 section 9.2.1). */
    static boolean isSafe(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS" -> true;
            default -> false;
        };
    }

    public Optional<String> conversationId() {
        return Optional.ofNullable(conversation);
    }

    public Optional<String> activityId() {
        return Optional.ofNullable(activity);
    }

    public Optional<String> memberId() {
        return Optional.ofNullable(member);
    }
}
