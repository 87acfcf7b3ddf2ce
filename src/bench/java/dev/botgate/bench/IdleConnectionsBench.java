package dev.botgate.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * What 10,000 connections cost that have asked for something once and are silent since: by what is there after collection
 * with them, and what was before.
 *
 * @param liveBytesEach for each connection, on a JVM's heap
 * @param residentBefore bytes of the whole process, its free heap among them, which a collector gives back when it likes
 * @param residentAfter the same, with the connections
 */
record IdleConnectionsBench(String target, long liveBytesEach, long residentBefore, long residentAfter) {
    /** Connections that are opened, and ask, at the same time. */
    static final int TOGETHER = 100;

    private static final int GROUPS = 100;

    /** @param warmUp how long it is driven before, so that it has the memory for its work */
    static IdleConnectionsBench of(Target target, Requests requests, Duration warmUp) throws IOException {
        try (LoadGenerator load = LoadGenerator.open(target.port(), TOGETHER, requests)) {
            var unused = load.closedLoop(warmUp);
        }
        Memory before = Memory.of(target);
        Deque<LoadGenerator> open = new ArrayDeque<>();
        try {
            for (int i = 0; i < GROUPS; i++) {
                LoadGenerator load = LoadGenerator.open(target.port(), TOGETHER, requests);
                open.push(load);
                load.once();
            }
            Memory after = Memory.of(target);
            long liveEach = (after.live - before.live) / (TOGETHER * GROUPS);
            return new IdleConnectionsBench(target.name(), liveEach, before.resident, after.resident);
        } finally {
            while (!open.isEmpty()) {
                open.pop().close();
            }
        }
    }

    /** After collection. */
    private record Memory(long live, long resident) {
        static Memory of(Target target) throws IOException {
            long live = target.probe() == null ? 0 : target.probe().liveBytes();
            return new Memory(live, target.residentBytes());
        }
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "%-22s %8.1f kB on the heap for each; resident in all %d MB, before them %d MB",
                target,
                liveBytesEach / 1e3,
                residentAfter >> 20,
                residentBefore >> 20);
    }
}
