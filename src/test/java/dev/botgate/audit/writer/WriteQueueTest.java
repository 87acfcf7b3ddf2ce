package dev.botgate.audit.writer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.Exchanges;
import dev.botgate.audit.RecordedBody;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
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
}
