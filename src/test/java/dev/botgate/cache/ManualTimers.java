package dev.botgate.cache;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Timers that go off when the test says so. */
final class ManualTimers implements CacheFilter.Timers {
    private final List<Task> tasks = new CopyOnWriteArrayList<>();

    private record Task(Duration delay, Runnable task) {}

    @Override
    public Runnable in(Duration delay, Runnable task) {
        Task waiting = new Task(delay, task);
        tasks.add(waiting);
        return () -> tasks.remove(waiting);
    }

    /** Everything that waits, now. */
    void goOff() {
        goOff(Duration.ofSeconds(Long.MAX_VALUE));
    }

    /** What waits for as long, or less, now. */
    void goOff(Duration delay) {
        for (Task waiting : List.copyOf(tasks)) {
            if (waiting.delay().compareTo(delay) <= 0 && tasks.remove(waiting)) {
                waiting.task().run();
            }
        }
    }

    int waiting() {
        return tasks.size();
    }
}
