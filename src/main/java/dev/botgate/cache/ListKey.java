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
 * What one kept list answers, and whom. Two requests have equal keys only if they are of the same owner and ask the same
 * upstream for the same representation of the same list.
 *
 * @param upstream the upstream's configured name
 * @param operation which of the three lists
 * @param base the raw path up to the conversation's id, in which regions differ ({@code /amer/v3/conversations})
 * @param conversation the conversation's id, percent-decoded
 * @param activity the activity's id, percent-decoded, where the operation has one
 * @param query the raw query
 * @param representation the request's headers that choose among representations
 * @param owner whose it is
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

    /** What bytes that are not UTF-8 are decoded to, so that two ids which hold it may be different ones. */
    private static final char UNDECODABLE = '\uFFFD';

    /** The key of {@code request}; empty where it shows no credential, or names its list ambiguously. */
    static Optional<ListKey> of(Identified request) {
        RequestHead head = request.head();
        Route route = head.route();
        String conversation = route.conversation();
        Optional<CachePartition> owner = CachePartition.of(request.caller());
        if (owner.isEmpty() || conversation == null || !isClear(conversation) || !isClear(route.activity())) {
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

    ConversationKey dropUnit() {
        return new ConversationKey(upstream, conversation);
    }

    /** An upper bound of the memory that the key's text takes, in bytes. */
    long weight() {
        return HeapSize.of(upstream)
                + HeapSize.of(base)
                + HeapSize.of(conversation)
                + (activity == null ? 0 : HeapSize.of(activity))
                + HeapSize.of(query)
                + representation.weight()
                + owner.weight();
    }

    private static boolean isClear(@Nullable String id) {
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
            return HeapSize.of(accept) + HeapSize.of(acceptEncoding) + HeapSize.of(acceptLanguage);
        }
    }
}
