package dev.botgate.cache;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The current generation of each conversation that has a load under way or a kept list; of no other, so that memory
 * is bounded by those.
 *
 * <p>Safe on any thread. Calls nothing while it holds a lock.
 */
final class Generations {
    private final ConcurrentMap<ConversationKey, Generation> current = new ConcurrentHashMap<>();

    /** Those that ever had one; no more than are configured. */
    private final Set<String> upstreams = ConcurrentHashMap.newKeySet();

    /** The conversation's generation, to be given back by {@link #release}. */
    Generation hold(ConversationKey conversation) {
        // Before there is a generation of it: who ends that on all upstreams must come across it.
        upstreams.add(conversation.upstream());
        return current.compute(conversation, (key, present) -> {
            Generation generation = present == null || present.ended() ? new Generation(key) : present;
            generation.hold();
            return generation;
        });
    }

    /** Gives back what {@link #hold} gave. */
    void release(Generation generation) {
        current.computeIfPresent(
                generation.conversation(),
                (key, present) -> present == generation && generation.release() ? null : present);
    }

    /** Ends the conversation's generation, if it has one, by this thread or by another at the same time. */
    private Optional<Generation> end(ConversationKey conversation) {
        Generation generation = current.get(conversation);
        if (generation != null) {
            // Ended before it is taken away: who finds none here may rely on all former ones being over.
            generation.end();
            current.remove(conversation, generation);
        }
        return Optional.ofNullable(generation);
    }

    /** The conversation's generation, if it has one; not held. */
    Optional<Generation> current(ConversationKey conversation) {
        return Optional.ofNullable(current.get(conversation));
    }

    /** Ends every generation that {@code drop} concerns; who holds the next, holds another. @return what was ended */
    List<Generation> end(Invalidation drop) {
        return concerned(drop).map(this::end).flatMap(Optional::stream).toList();
    }

    /** The generations that {@code drop} concerns; not held. */
    List<Generation> current(Invalidation drop) {
        return concerned(drop).map(this::current).flatMap(Optional::stream).toList();
    }

    private Stream<ConversationKey> concerned(Invalidation drop) {
        @Nullable String conversation = drop.conversation();
        Stream<ConversationKey> all = conversation == null
                ? current.keySet().stream()
                : upstreams.stream().map(upstream -> new ConversationKey(upstream, conversation));
        return all.filter(drop::concerns);
    }

    int size() {
        return current.size();
    }
}
