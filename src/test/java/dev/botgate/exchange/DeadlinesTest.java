package dev.botgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private final List<String> late = new ArrayList<>();
    private final List<Armed> timers = new ArrayList<>();
    private long now;
    private final Deadlines deadlines = new Deadlines(
            Duration.ofMillis(100),
            () -> TimeUnit.MILLISECONDS.toNanos(now),
            (millis, task) -> timers.add(new Armed(now + millis, task)));

    private record Armed(long at, Runnable task) {}

    @Test
    void deadlinesThatAreNotCancelled_runInOrder() {
        set("first");
        at(40);
        set("second");
        at(100);
        assertThat(late).isEmpty();

        at(101);
        assertThat(late).containsExactly("first");

        at(142);
        assertThat(late).containsExactly("first", "second");
    }

    @Test
    void aCancelledDeadline_neverRuns_whateverItsPosition() {
        var first = set("first");
        var second = set("second");
        var third = set("third");
        set("fourth");
        second.cancel();
        first.cancel();
        third.cancel();
        third.cancel();

        at(500);

        assertThat(late).containsExactly("fourth");
    }

    @Test
    void manyDeadlines_shareOneTimer() {
        for (int i = 0; i < 1_000; i++) {
            set("called off").cancel();
        }
        set("stays");
        assertThat(timers).hasSize(1);

        at(500);

        assertThat(late).containsExactly("stays");
    }

    @Test
    void aDeadlineCancelledByAnotherThatIsDueAtTheSameTime_doesNotRun() {
        List<Deadlines.Deadline> second = new ArrayList<>();
        var unused = deadlines.set(() -> second.get(0).cancel());
        second.add(set("second"));

        at(500);

        assertThat(late).isEmpty();
    }

    @Test
    void whenOneThrows_theOthersStillRun() {
        var unused = deadlines.set(() -> {
            throw new IllegalStateException("a bug");
        });
        set("second");

        assertThatThrownBy(() -> at(500)).hasMessage("a bug");
        at(600);

        assertThat(late).containsExactly("second");
    }

    @Test
    void whenOneOverflowsTheStack_theOthersStillRun() {
        var unused = deadlines.set(() -> {
            throw new StackOverflowError("too deep");
        });
        set("second");

        assertThatThrownBy(() -> at(500)).hasMessage("too deep");
        at(600);

        assertThat(late).containsExactly("second");
    }

    @CanIgnoreReturnValue
    private Deadlines.Deadline set(String what) {
        return deadlines.set(() -> late.add(what));
    }

    /** Advances the time; each timer runs when it is due. */
    private void at(long millis) {
        while (true) {
            var next = timers.stream().filter(timer -> timer.at() <= millis).min(Comparator.comparingLong(Armed::at));
            if (next.isEmpty()) {
                now = millis;
                return;
            }
            timers.remove(next.get());
            now = Math.max(now, next.get().at());
            next.get().task().run();
        }
    }
}
