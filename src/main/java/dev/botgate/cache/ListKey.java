package dev.botgate.cache;

import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.RequestHead;
import dev.botgate.operation.Operation;
import dev.botgate.operation.Route;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a stored list, and its owner. Two requests have equal keys only if they belong to the same owner
 * and ask the same connector for the same representation of the same list.
 *
 * @param upstream the connector's configured name
 * @param operation which of the three lists
 * @param base the raw path up to the conversation's id, in which regions differ ({@code /amer/v3/conversations})
 * @param conversation the conversation's id, percent-decoded
 * @param activity the activity's id, percent-decoded, where the operation has one
 * @param query the raw query
 * @param representation the request's headers that select a representation
 */
record ListKey(
        String upstream,
        Operation operation,
        String base,
        String conversation,
        @Nullable String activity,
        String query,
        Representation representation,
        CachePartition owner) {

    /** Replaces bytes that are not UTF-8; two equal ids with it may be different ones. */
    private static final char UNDECODABLE = '\uFFFD';

    /** The key of {@code request}; empty if it has no credential, or ids that are not UTF-8. */
    static Optional<ListKey> of(Identified request) {
        RequestHead head = request.head();
        Route route = head.route();
        String conversation = route.conversation();
        Optional<CachePartition> owner = CachePartition.of(request.caller());
        if (owner.isEmpty() || conversation == null || !isDecodable(conversation) || !isDecodable(route.activity())) {
            return Optional.empty();
        }
        return Optional.of(new ListKey(
                head.upstream(),
                route.operation(),
                base(head.rawPath(), route.activity() == null ? 2 : 4),
                conversation,
                route.activity(),
                head.rawQuery(),
                Representation.of(head.headers()),
                owner.get()));
    }

    Conversation conversationKey() {
        return new Conversation(upstream, conversation);
    }

    /** An upper bound of the memory that the key's text takes, in bytes. */
    long weight() {
        return StoredReply.heapSize(upstream)
                + StoredReply.heapSize(base)
                + StoredReply.heapSize(conversation)
                + (activity == null ? 0 : StoredReply.heapSize(activity))
                + StoredReply.heapSize(query)
                + representation.weight()
                + owner.weight();
    }

    private static boolean isDecodable(@Nullable String id) {
        return id == null || id.indexOf(UNDECODABLE) < 0;
    }

    /** {@code rawPath} without its last {@code segments} segments and without a trailing slash before that. */
    private static String base(String rawPath, int segments) {
        int end = rawPath.endsWith("/") ? rawPath.length() - 1 : rawPath.length();
        for (int i = 0; i < segments; i++) {
            end = rawPath.lastIndexOf('/', end - 1);
        }
        return rawPath.substring(0, end);
    }

    /**
     * What an invalidation covers: all lists of one conversation on one connector, whoever loaded them and by whatever path.
     *
     * <p>A Teams channel's threads ({@code 19:x@thread.tacv2;messageid=1}) have the channel's members, so they and the
     * channel are one.
     *
     * @param upstream the connector's configured name
     * @param id the conversation's id, percent-decoded, without the thread
     */
    record Conversation(String upstream, String id) {
        private static final String THREAD = ";messageid=";

        Conversation {
            int thread = id.indexOf(THREAD);
            id = thread < 0 ? id : id.substring(0, thread);
        }
    }

    /** The values of the headers that content negotiation reads, as they were sent. */
    record Representation(List<String> accept, List<String> acceptEncoding, List<String> acceptLanguage) {
        Representation {
            accept = List.copyOf(accept);
            acceptEncoding = List.copyOf(acceptEncoding);
            acceptLanguage = List.copyOf(acceptLanguage);
        }

        static Representation of(MultiMap headers) {
            return new Representation(
                    headers.getAll(HeaderNames.ACCEPT),
                    headers.getAll(HeaderNames.ACCEPT_ENCODING),
                    headers.getAll(HeaderNames.ACCEPT_LANGUAGE));
        }

        long weight() {
            return StoredReply.heapSize(accept)
                    + StoredReply.heapSize(acceptEncoding)
                    + StoredReply.heapSize(acceptLanguage);
        }
    }
}
