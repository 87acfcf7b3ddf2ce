package dev.botgate.ratelimit;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/** Time that moves when it is told to, and runs what is due on the way. */
final class ManualTime implements Ticker, Timers {
    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private long now = 1_000_000;
    private long sequence;

    private record Task(long at, long sequence, Runnable action) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return at == other.at ? Long.compare(sequence, other.sequence) : Long.compare(at, other.at);
        }
    }

    @Override
    public long micros() {
        return now;
    }

    @Override
    public Runnable after(long micros, Runnable action) {
        Task task = new Task(now + micros, sequence++, action);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    @Override
    public Executor here() {
        return Runnable::run;
    }

    void pass(Duration duration) {
        long until = now + duration.toNanos() / 1_000;
        while (!tasks.isEmpty() && tasks.peek().at() <= until) {
            Task task = tasks.remove();
            now = Math.max(now, task.at());
            task.action().run();
        }
        now = until;
    }
}
