package dev.botgate.ratelimit;

/**
 * What a store decided.
 *
 * @param admitted whether a permit of every scope was taken
 * @param delay microseconds until the request may go, or, refused, until another try would be admitted if nobody else came
 * @param reservation what gives the permits back, see {@link LimitStore#giveBack}; 0 where nothing was taken
 * @param binding the index of the scope that the request waits for or was refused by; -1 for none
 * @param quota what is left where least is left
 * @param missed bit i is set where scope i, in shadow mode, had no permit in time
 */
public record Decision(boolean admitted, long delay, long reservation, int binding, Quota quota, long missed) {
    /**
     * The window that has least left.
     *
     * @param scope the index of its scope; -1 where no window applies
     * @param window its index in the limit
     * @param remaining permits left
     * @param reset microseconds until a permit comes free there, or, while some remain, the window's length
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

    /** Everything may go: no limit applies, or none is to be kept. */
    public static Decision free() {
        return new Decision(true, 0, 0, -1, Quota.NONE, 0);
    }

    /** Nothing was taken; another try may be admitted in {@code delay}. */
    public static Decision refused(long delay, int binding) {
        return new Decision(false, delay, 0, binding, Quota.NONE, 0);
    }
}
