package dev.botgate.ratelimit;

/** The windows of a limit as calendars look them up, one for all of its scopes. Immutable. */
final class CompiledWindows {
    private final int[] permits;
    private final long[] lengths;
    private final long longest;
    private final int mostPermits;
    private final boolean shared;
    private final boolean marked;

    CompiledWindows(Limit limit) {
        int windows = limit.windows().size();
        permits = new int[windows];
        lengths = new long[windows];
        long longestSoFar = 0;
        int mostSoFar = 0;
        for (int w = 0; w < windows; w++) {
            permits[w] = limit.windows().get(w).permits();
            lengths[w] = limit.micros(w);
            longestSoFar = Math.max(longestSoFar, lengths[w]);
            mostSoFar = Math.max(mostSoFar, permits[w]);
        }
        longest = longestSoFar;
        mostPermits = mostSoFar;
        shared = limit.shared();
        marked = shared || !limit.enforced();
    }

    int windows() {
        return permits.length;
    }

    int permits(int w) {
        return permits[w];
    }

    /** With the margin, in microseconds. */
    long length(int w) {
        return lengths[w];
    }

    long longest() {
        return longest;
    }

    int mostPermits() {
        return mostPermits;
    }

    /** Whether several bots draw on one count. */
    boolean shared() {
        return shared;
    }

    /** Whether admissions carry a mark: whose they are; or, in shadow mode, when they were asked for. */
    boolean marked() {
        return marked;
    }
}
