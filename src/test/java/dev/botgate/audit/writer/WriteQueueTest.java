package dev.botgate.audit.writer;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.Exchanges;
import dev.botgate.audit.RecordedBody;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WriteQueueTest {
    private static final int LARGE = 3 << 20;

    private final WriteQueue waiting = new WriteQueue();

    @Test
    void aSmallRecord_waitsForOneLargeOne_howeverManyCameBeforeIt() {
        PendingWrite first = added("first", LARGE);
        PendingWrite second = added("second", LARGE);
        PendingWrite small = added("small", 100);

        assertThat(waiting.take(100)).containsExactly(small);
        assertThat(waiting.take(100)).containsExactly(first);
        PendingWrite another = added("another", 100);
        assertThat(waiting.take(100)).containsExactly(another);
        assertThat(waiting.take(100)).containsExactly(second);
        assertThat(waiting.isEmpty()).isTrue();
    }

    @Test
    void aLargeRecord_isNotPassedByMoreThanOneCommitOfSmallOnes() {
        List<PendingWrite> small = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            small.add(added("small " + i, 100));
        }
        PendingWrite large = added("large", LARGE);

        assertThat(waiting.take(10)).isEqualTo(small.subList(0, 10));
        assertThat(waiting.take(10)).containsExactly(large);
        assertThat(waiting.take(10)).isEqualTo(small.subList(10, 20));
        assertThat(waiting.take(10)).isEqualTo(small.subList(20, 30));
    }

    @Test
    void oneCommitOfSmallOnes_isBoundedInBytes() {
        for (int i = 0; i < 10; i++) {
            var unused = added("r" + i, 200_000);
        }

        assertThat(waiting.take(100)).hasSize(5);
        assertThat(waiting.take(100)).hasSize(5);
    }

    @Test
    void whatIsPutBack_isTakenNext_inItsOrder() {
        PendingWrite large = added("large", LARGE);
        PendingWrite one = added("one", 100);
        PendingWrite two = added("two", 100);

        waiting.putBack(waiting.take(100));
        assertThat(waiting.take(1)).containsExactly(one);
        waiting.putBack(waiting.take(1));
        assertThat(waiting.take(1)).containsExactly(large);
        assertThat(waiting.take(1)).containsExactly(two);
    }

    private PendingWrite added(String name, int bytes) {
        PendingWrite one = PendingWrite.awaited(
                Exchanges.intent(name, new RecordedBody(RecordedBody.Form.WHOLE, Buffer.buffer(new byte[bytes]), null)),
                0);
        waiting.add(one);
        return one;
    }

    @Nested
    class WriteQueueInboxTest {
        private final Vertx vertx = Vertx.vertx();
        private final Context context = vertx.getOrCreateContext();

        /** Touched on the context only, as is the next. */
        private final List<PendingWrite> taken = new ArrayList<>();

        private final List<Integer> takenUntilWritten = new ArrayList<>();

        @AfterEach
        void stop() {
            await(vertx.close());
        }

        @Test
        void whatComesInOneTurnOfTheLoop_isHandedOverTogether_inItsOrder() {
            List<PendingWrite> put = records(50);
            Promise<Void> all = Promise.promise();
            WriteQueueInbox inbox = inbox(false, 50, all);

            context.runOnContext(ignored -> put.forEach(inbox::put));

            await(all.future());
            assertThat(onContext(() -> List.copyOf(taken))).isEqualTo(put);
            assertThat(onContext(() -> List.copyOf(takenUntilWritten))).containsExactly(50);
        }

        @Test
        void whatComesOnOtherThreads_isHandedOverWhole_eachThreadsInItsOrder() throws InterruptedException {
            List<List<PendingWrite>> put =
                    IntStream.range(0, 4).mapToObj(i -> records(500)).toList();
            Promise<Void> all = Promise.promise();
            WriteQueueInbox inbox = inbox(true, 2_000, all);

            List<Thread> threads = put.stream()
                    .map(mine -> new Thread(() -> mine.forEach(inbox::put)))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }

            await(all.future());
            List<PendingWrite> came = onContext(() -> List.copyOf(taken));
            assertThat(came).hasSize(2_000).doesNotHaveDuplicates();
            put.forEach(mine -> assertThat(came.stream().filter(mine::contains)).containsExactlyElementsOf(mine));
        }

        @Test
        void whenItIsWorthIt_whatTheNextTurnBringsComesAlong() {
            List<PendingWrite> put = records(2);
            Promise<Void> all = Promise.promise();
            WriteQueueInbox inbox = inbox(true, 2, all);

            context.runOnContext(ignored -> {
                inbox.put(put.get(0));
                // Behind the inbox's own turn, and before the loop has looked for anything else.
                context.runOnContext(later -> inbox.put(put.get(1)));
            });

            await(all.future());
            assertThat(onContext(() -> List.copyOf(takenUntilWritten))).containsExactly(2);
        }

        @Test
        void whenNothingMoreCame_whoCalledIsHeardNevertheless() {
            Promise<Void> heard = Promise.promise();
            WriteQueueInbox inbox = new WriteQueueInbox(context, taken::add, () -> true, heard::tryComplete);

            inbox.schedule();

            await(heard.future());
        }

        /** One whose end is told once {@code count} records were taken and could have been written. */
        private WriteQueueInbox inbox(boolean worthMore, int count, Promise<Void> end) {
            return new WriteQueueInbox(context, taken::add, () -> worthMore, () -> {
                takenUntilWritten.add(taken.size());
                if (taken.size() == count) {
                    var unused = end.tryComplete();
                }
            });
        }

        private <T> T onContext(Supplier<T> question) {
            Promise<T> answer = Promise.promise();
            context.runOnContext(ignored -> answer.complete(question.get()));
            return await(answer.future());
        }

        private static List<PendingWrite> records(int count) {
            AtomicInteger number = new AtomicInteger();
            return IntStream.range(0, count)
                    .mapToObj(i -> PendingWrite.awaited(Exchanges.intent("r" + number.incrementAndGet()), 0))
                    .toList();
        }
    }
}
