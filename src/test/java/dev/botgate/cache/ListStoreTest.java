package dev.botgate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ListStoreTest {
    private static final long AN_HOUR = 3_600_000_000_000L;
    private static final ListKey KEY =
            ListKey.of(CacheRequest.members("19:x").request()).orElseThrow();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ListStore lists = new ListStore(1 << 20, this::nanoTime, new CacheMeters(registry), registry);
    private @Nullable Runnable meanwhile;

    /** The store reads the time while it puts a list in: after the first look at the generation, before the second. */
    private long nanoTime() {
        Runnable once = meanwhile;
        meanwhile = null;
        if (once != null) {
            once.run();
        }
        return 0;
    }

    private StoredReply list() {
        Load load = Load.begin(KEY, "digest", lists.generation(KEY), 0, CacheStatus.Why.MISS, null, false);
        Reply reply = HeldService.ok("before");
        return new StoredReply(
                load, reply, new ReplyBody.Whole(Buffer.buffer("before")), new Freshness(AN_HOUR, 0, 0, AN_HOUR), 0);
    }

    @Test
    void aListOfAConversationThatIsDroppedWhileTheListIsPutIn_isNotKept() {
        StoredReply list = list();
        int[] dropped = {-1};
        meanwhile = () -> dropped[0] = lists.invalidate(new Invalidation(null, "19:x"));

        boolean kept = lists.put(KEY, list);

        assertThat(dropped).as("the drop came before the list was in").containsExactly(0);
        assertThat(kept).isFalse();
        assertThat(lists.stored().asMap()).isEmpty();
        assertThat(lists.generations()).isZero();
    }

    @Test
    void aListOfAConversationThatIsNotDropped_isKept() {
        StoredReply list = list();
        int[] dropped = {-1};
        meanwhile = () -> dropped[0] = lists.invalidate(new Invalidation(null, "19:y"));

        assertThat(lists.put(KEY, list)).isTrue();

        assertThat(dropped).containsExactly(0);
        assertThat(Objects.requireNonNull(lists.get(KEY))).isSameAs(list);
    }
}
