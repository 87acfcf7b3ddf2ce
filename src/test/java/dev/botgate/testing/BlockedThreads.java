package dev.botgate.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells a thread that is blocked from one that the machine keeps waiting.
 *
 * <p>Vert.x warns, again and again, of a task that takes long by the clock; on a busy machine each may. A thread that is
 * blocked uses no CPU time meanwhile, and one that computes without end uses much. Whatever uses some is only slow.
 */
final class BlockedThreads {
    /** A thread that waits for another to load a class stands as still, but not for so long. */
    static final Duration STILL = Duration.ofSeconds(5);
    /** And at so many looks in a row, since who looks may be kept waiting too. */
    static final int LOOKS = 5;
    /** CPU time that nobody uses who does anything at all. */
    static final Duration NOTHING = Duration.ofMillis(10);
    /** CPU time that no task of an event loop may use. */
    static final Duration MUCH = Duration.ofSeconds(2);

    private static final Pattern WARNING = Pattern.compile("Thread (.+) has been blocked for (\\d+) ms, .*");

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Map<Long, Task> tasks = new HashMap<>();

    /** A thread's task that takes long: what was seen at the first look, and since when it stands still. */
    private static final class Task {
        final long cpuAtFirst;
        Duration length;
        Duration stillSince;
        long cpuWhenStill;
        int looks;

        Task(Duration length, long cpu) {
            this.cpuAtFirst = cpu;
            this.length = length;
            this.stillSince = length;
            this.cpuWhenStill = cpu;
        }
    }

    /** Whether one of the threads that {@code warning} may mean is blocked; its text has nothing but a name. */
    synchronized boolean areMeantBy(String warning) {
        Matcher parts = WARNING.matcher(warning);
        if (!parts.matches()) {
            return true;
        }
        Duration length = Duration.ofMillis(Long.parseLong(parts.group(2)));
        boolean blocked = false;
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            long id = thread.getKey().getId();
            long cpu = threads.getThreadCpuTime(id);
            if (thread.getKey().getName().equals(parts.group(1)) && cpu >= 0 && !isIdle(thread.getValue())) {
                blocked |= isBlocked(id, length, cpu);
            }
        }
        return blocked;
    }

    /** One more look at a thread, whose task has taken {@code length} so far. */
    boolean isBlocked(long thread, Duration length, long cpuNanos) {
        Task task = tasks.get(thread);
        if (task == null || length.compareTo(task.length) < 0) {
            tasks.put(thread, new Task(length, cpuNanos));
            return false;
        }
        task.length = length;
        task.looks++;
        if (cpuNanos - task.cpuWhenStill > NOTHING.toNanos()) {
            task.stillSince = length;
            task.cpuWhenStill = cpuNanos;
            task.looks = 0;
        }
        boolean still = task.looks >= LOOKS && length.minus(task.stillSince).compareTo(STILL) >= 0;
        return still || cpuNanos - task.cpuAtFirst >= MUCH.toNanos();
    }

    /** Whether a thread, of the same name in another Vert.x, waits for something to do. */
    private static boolean isIdle(StackTraceElement[] stack) {
        boolean polls = Stream.of(stack).limit(3).anyMatch(frame -> frame.getClassName()
                .matches("io\\.netty\\.channel\\.(epoll|uring)\\.Native|sun\\.nio\\.ch\\.EPoll"));
        return polls || Stream.of(stack).anyMatch(frame -> frame.getMethodName().equals("getTask"));
    }
}
