package dev.botgate.ratelimit;

/**
 * The decision of a store.
 *
 * @param admitted whether a permit of every scope was taken
 * @param delay microseconds until the request may be sent; if refused, until it would be admitted if no other request
 *     came
 * @param reservation the id for {@link LimitStore#giveBack}; 0 if nothing was taken
 * @param binding the index of the scope that the request waits for or was refused by; -1 for none
 * @param quota the window with the least permits left
 * @param missed bit i is set where scope i, in shadow mode, had no permit in time
 */
public record Decision(boolean admitted, long delay, long reservation, int binding, Quota quota, long missed) {
    /**
     * The window with the least permits left.
     *
     * @param scope the index of its scope; -1 if no window applies
     * @param window its index in the limit
     * @param remaining permits left
     * @param reset microseconds until a permit becomes free; the window's length while permits remain
     */
    public record Quota(int scope, int window, long remaining, long reset) {
        public static final Quota NONE = new Quota(-1, -1, 0, 0);

        /** The quota once the permit that {@code request} took is given back. */
        Quota withOneMore(PermitRequest request) {
            return scope < 0
                    ? this
                    : new Quota(
                            scope,
                            window,
                            remaining + 1,
                            remaining > 0
                                    ? reset
                                    : request.scopes().get(scope).limit().micros(window));
        }
    }

    /** Admits a request to which no limit applies, or none is enforced. */
    public static Decision free() {
        return new Decision(true, 0, 0, -1, Quota.NONE, 0);
    }

    /** Refuses a request, which may be admitted after {@code delay}. */
    public static Decision refused(long delay, int binding) {
        return new Decision(false, delay, 0, binding, Quota.NONE, 0);
    }
}
