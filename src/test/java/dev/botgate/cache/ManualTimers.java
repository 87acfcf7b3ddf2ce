package dev.botgate.cache;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Timers that go off when the test says so. */
final class ManualTimers implements Timers {
    private final List<Runnable> tasks = new CopyOnWriteArrayList<>();

    @Override
    public Runnable in(Duration delay, Runnable task) {
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    /** Everything that waits, now. */
    void goOff() {
        List<Runnable> all = List.copyOf(tasks);
        tasks.clear();
        all.forEach(Runnable::run);
    }

    int waiting() {
        return tasks.size();
    }
}
