package dev.botgate.ratelimit;

import dev.botgate.ratelimit.Decision.Quota;

/**
 * Decides one request by the logs of its scopes, at the earliest time at which every enforced scope has room. Has
 * neither clock nor lock.
 *
 * <p>Fairness in a shared scope: a bot may join the queue only while its part of the queue is at most its weight times
 * the time that is left in the queue (dynamic thresholds, Choudhury and Hahne, 1998). See the package documentation.
 */
final class Planner {
    private Planner() {}

    static Decision decide(PermitRequest request, AdmissionLog[] logs, long now) {
        long latest = 0;
        long allowed = 0;
        int binding = -1;
        boolean refused = false;
        for (int i = 0; i < logs.length; i++) {
            Limit limit = request.scopes().get(i).limit();
            if (limit.enforced()) {
                long wait = logs[i].earliest(now, now) - now;
                long patience = request.maximumWaitFor(limit);
                allowed = Math.max(allowed, patience);
                if (wait > latest) {
                    latest = wait;
                    binding = i;
                }
                refused |= wait > patience
                        || (wait > 0 && limit.shared() && exceedsShare(request, logs[i], wait, patience, now));
            }
        }
        long at = latest == 0 ? now : commonTime(request, logs, now + latest, now);
        refused |= at - now > Math.min(allowed, request.clientWait()) && at > now;
        if (refused) {
            return new Decision(false, at - now, 0, binding, quota(request, logs, now), 0);
        }
        long missed = 0;
        for (int i = 0; i < logs.length; i++) {
            Limit limit = request.scopes().get(i).limit();
            if (limit.enforced()) {
                logs[i].add(at, request.owner(), now);
            } else {
                missed |= shadow(request, limit, logs[i], at, now) ? 0 : 1L << i;
            }
        }
        return new Decision(true, at - now, at, binding, quota(request, logs, now), missed);
    }

    /** The earliest time, not before {@code from}, at which every enforced scope has room. */
    private static long commonTime(PermitRequest request, AdmissionLog[] logs, long from, long now) {
        long t = from;
        while (true) {
            long before = t;
            for (int i = 0; i < logs.length; i++) {
                if (request.scopes().get(i).limit().enforced()) {
                    t = logs[i].earliest(t, now);
                }
            }
            if (t == before) {
                return t;
            }
        }
    }

    private static boolean exceedsShare(PermitRequest request, AdmissionLog log, long wait, long patience, long now) {
        double part = (log.reservationsOf(request.owner(), now) + 1.0) / (log.reservations(now) + 1.0);
        return wait * part > request.weight() * (patience - wait);
    }

    /** Counts the request in a shadow limit; false if that limit would have delayed or refused it. */
    private static boolean shadow(PermitRequest request, Limit limit, AdmissionLog log, long at, long now) {
        long shadowTime = log.earliest(at, now);
        if (shadowTime - at > Math.min(request.maximumWaitFor(limit), request.clientWait())) {
            return false;
        }
        log.addShadow(shadowTime, at, now);
        return shadowTime == at;
    }

    /** The window with the least permits left; of windows without permits, the one that stays so the longest. */
    static Quota quota(PermitRequest request, AdmissionLog[] logs, long now) {
        Quota quota = Quota.NONE;
        for (int i = 0; i < logs.length; i++) {
            for (int w = 0; request.scopes().get(i).limit().enforced() && w < logs[i].windows(); w++) {
                long least = logs[i].minimumRemaining(w);
                if (quota.scope() >= 0 && least > 0 && least >= quota.remaining()) {
                    continue;
                }
                long remaining = Math.max(0, logs[i].remaining(w, now));
                if (quota.scope() < 0 || remaining < quota.remaining()) {
                    long reset = remaining > 0 ? logs[i].length(w, now) : logs[i].reset(w, now);
                    quota = new Quota(i, w, remaining, reset);
                } else if (remaining == 0 && logs[i].reset(w, now) > quota.reset()) {
                    quota = new Quota(i, w, 0, logs[i].reset(w, now));
                }
            }
        }
        return quota;
    }
}
