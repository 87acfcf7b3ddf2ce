package dev.botgate.bench;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/** What 10,000 connections cost that have asked for something once and are silent since. */
record IdleConnections(String target, long residentBytesEach, long liveBytesEach) {
    private static final int TOGETHER = 100;
    private static final int GROUPS = 100;

    static IdleConnections of(Target target, Requests requests) throws IOException {
        long live = live(target);
        long resident = target.residentBytes();
        Deque<Load> open = new ArrayDeque<>();
        try {
            for (int i = 0; i < GROUPS; i++) {
                Load load = Load.open(target.port(), TOGETHER, requests);
                open.push(load);
                load.once();
            }
            int count = TOGETHER * GROUPS;
            long residentMore = target.residentBytes() - resident;
            return new IdleConnections(target.name(), residentMore / count, (live(target) - live) / count);
        } finally {
            while (!open.isEmpty()) {
                open.pop().close();
            }
        }
    }

    private static long live(Target target) throws IOException {
        return target.probe() == null ? 0 : target.probe().liveBytes();
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "%-22s %8.1f kB resident, %.1f kB of it live on the heap",
                target,
                residentBytesEach / 1e3,
                liveBytesEach / 1e3);
    }
}
