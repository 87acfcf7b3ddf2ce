package dev.botgate.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Time that moves when it is told to, and runs what is due then; safe on any thread. */
final class ManualScheduler implements KeySource.Scheduler, InstantSource {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final List<Duration> asked = new CopyOnWriteArrayList<>();
    private final List<Task> tasks = new ArrayList<>();
    private Duration passed = Duration.ZERO;

    private record Task(Duration at, Runnable action) {}

    @Override
    public synchronized Runnable schedule(Duration delay, Runnable action) {
        Task task = new Task(passed.plus(delay), action);
        asked.add(delay);
        tasks.add(task);
        return () -> remove(task);
    }

    @Override
    public synchronized Instant instant() {
        return START.plus(passed);
    }

    /** Begins below zero, as a nano time may. */
    synchronized long nanos() {
        return Long.MIN_VALUE / 2 + passed.toNanos();
    }

    /** The delays that were asked for, in order. */
    List<Duration> asked() {
        return List.copyOf(asked);
    }

    synchronized int waiting() {
        return tasks.size();
    }

    void pass(Duration duration) {
        List<Task> due;
        synchronized (this) {
            passed = passed.plus(duration);
            due = tasks.stream()
                    .filter(task -> task.at().compareTo(passed) <= 0)
                    .toList();
            tasks.removeAll(due);
        }
        due.forEach(task -> task.action().run());
    }

    private synchronized void remove(Task task) {
        tasks.remove(task);
    }
}
