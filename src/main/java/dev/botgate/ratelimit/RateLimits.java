package dev.botgate.ratelimit;

import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.RequestHead;
import dev.botgate.exchange.RetryAfter;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.ratelimit.LimitStore.Cooldown;
import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitMeters.Result;
import dev.botgate.ratelimit.RateLimitSettings.ThrottleSettings;
import dev.botgate.ratelimit.ReservedPermit.Reservation;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits requests with one permit of every limit that applies, and begins cooldowns when the connector throttles.
 *
 * <p>Safe on any thread; futures complete on the caller's event loop.
 */
public final class RateLimits {
    /** The client sets no bound: the request waits as long as its limits allow. */
    static final Duration UNBOUNDED = Duration.ofDays(365);

    private static final Logger LOG = LoggerFactory.getLogger(RateLimits.class);
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(1);

    private final LimitTable table;
    private final LimitStore store;
    private final Timers timers;
    private final InstantSource clock;
    private final ThrottleSettings throttled;
    private final int maximumWaiting;
    private final WaitQueues queues;
    private final RateLimitMeters meters;
    private final BusyScopes busy;
    private final Cooldowns cooldowns;
    private final QuotaHeaders quotas = new QuotaHeaders();

    public RateLimits(
            RateLimitSettings settings, LimitStore store, Timers timers, InstantSource clock, MeterRegistry registry) {
        this.table = new LimitTable(settings);
        this.store = store;
        this.timers = timers;
        this.clock = clock;
        this.throttled = settings.throttled();
        this.maximumWaiting = settings.maximumWaiting();
        this.queues = new WaitQueues(timers, this::giveBack, this::admitFromQueue);
        this.meters = new RateLimitMeters(registry, table, queues::waiting);
        this.busy = new BusyScopes(timers.micros());
        this.cooldowns = new Cooldowns(timers, throttled.recovery());
        store.onCooldown(this::onCooldown);
        store.onReservationsInvalidated(() -> askAgain(queues.dissolve(null)));
    }

    /** {@link #enter}, for callers that never leave. */
    public Future<ReservedPermit> admit(RequestHead head, Caller caller, Duration maximumWait) {
        return enter(head, caller, maximumWait).permit();
    }

    /**
     * Takes one permit of every limit that applies to a request or to a further attempt.
     *
     * @param maximumWait how long the client waits; the limits may allow less
     */
    public Waiter enter(RequestHead head, Caller caller, Duration maximumWait) {
        long clientWait = maximumWait.compareTo(Duration.ofDays(1)) > 0 ? Long.MAX_VALUE : Limit.micros(maximumWait);
        PermitRequest request = table.request(head, caller, clientWait);
        Waiter waiter = new Waiter(request, timers.here(), timers.micros());
        decide(waiter, request);
        return waiter;
    }

    private void decide(Waiter waiter, PermitRequest request) {
        long askedAt = timers.micros();
        long latestCooldown = cooldowns.latest();
        Future<Decision> decided = store.decide(hasRoomToWait(waiter) ? request : request.within(0));
        if (decided.succeeded()) {
            decided(waiter, request, latestCooldown, askedAt, decided.result());
        } else {
            decided.onSuccess(decision -> decided(waiter, request, latestCooldown, askedAt, decision))
                    .onFailure(cause -> waiter.refuse(
                            new GatewayException(Failure.INTERNAL_ERROR, "The rate limit store failed", cause)));
        }
    }

    /** Whether another request may wait; half of the room is reserved for requests that are not background work. */
    private boolean hasRoomToWait(Waiter waiter) {
        return waiter.goesFirst()
                || (queues.waiting() < maximumWaiting
                        && (!waiter.request().background() || queues.inBackground() < maximumWaiting / 2));
    }

    /**
     * Acts on a decision, which the store made at some time between {@code askedAt} and now. After an answer slower
     * than the tolerance that time is too uncertain: the permit is given back, and the store is asked once more. A
     * second slow answer is taken as usual for this store, and its permit counts from now.
     *
     * @param latestCooldown the number of the latest cooldown before the store was asked
     */
    private void decided(Waiter waiter, PermitRequest request, long latestCooldown, long askedAt, Decision decision) {
        long now = timers.micros();
        boolean slow = now - askedAt > request.tolerance();
        if (slow && decision.admitted() && !waiter.hasLeft() && waiter.useSecondAsk()) {
            giveBack(reservation(waiter, decision, now, now, latestCooldown));
            decide(waiter, request);
            return;
        }
        busy.count(request, !decision.admitted(), now);
        count(request, decision);
        long delay = decision.delay();
        Reservation reservation = reservation(waiter, decision, now, slow ? now : askedAt, latestCooldown);
        if (!decision.admitted()) {
            waiter.refuse(refusal(request, decision));
        } else if (waiter.hasLeft()) {
            giveBack(reservation);
            waiter.refuse(clientGone());
        } else if (delay <= 0 && !queues.waitsFor(request)) {
            waiter.admit(new ReservedPermit(this, waiter.request(), reservation, decision.quota(), now));
        } else {
            waiter.setQuota(decision.quota());
            queues.join(waiter, reservation, Math.max(0, delay - request.lead()));
            String closedScope = cooldowns.beganSince(request, latestCooldown);
            if (closedScope != null) {
                // The queue was dissolved before this request joined, so its reservation is void.
                askAgain(queues.dissolve(closedScope));
            } else if (waiter.hasLeft()) {
                leave(waiter);
            }
        }
    }

    private static Reservation reservation(Waiter waiter, Decision decision, long now, long from, long latestCooldown) {
        PermitRequest request = waiter.request();
        long tolerance = request.tolerance();
        long expiresAt = tolerance == Long.MAX_VALUE ? Long.MAX_VALUE : from + decision.delay() + tolerance;
        return new Reservation(request, decision.reservation(), now + decision.delay(), expiresAt, latestCooldown);
    }

    private void admitFromQueue(Waiter waiter, Reservation reservation) {
        long now = timers.micros();
        meters.waited(waiter.waited(now));
        waiter.admit(new ReservedPermit(this, waiter.request(), reservation, waiter.quota(), now));
    }

    /**
     * Succeeds when the request of {@code permit} may be sent, at the time of the permit. A permit that has expired, or
     * whose scope has entered a cooldown, is given back and replaced. The request then goes first in its queue, even if
     * the queue is full, unless that would make others too late. So it is refused only if a cooldown lasts too long, or
     * if it is late for ten permits.
     *
     * @return fails with THROTTLED if there is no other permit in time
     */
    Future<Void> renewed(ReservedPermit permit) {
        Reservation reservation = permit.reservation();
        long now = timers.micros();
        if (now <= reservation.expiresAt()
                && cooldowns.beganSince(permit.request(), reservation.latestCooldown()) == null) {
            if (now >= reservation.sendAt()) {
                return Future.succeededFuture();
            }
            Promise<Void> due = Promise.promise();
            var unused = timers.after(reservation.sendAt() - now, due::complete);
            return due.future().compose(passed -> renewed(permit));
        }
        permit.giveBack();
        if (!permit.mayBeRenewed(now)) {
            return Future.failedFuture(new GatewayException(
                    Failure.THROTTLED,
                    "The request was not ready in time for any of its permits",
                    cooldowns.remaining(permit.request()).orElse(DEFAULT_RETRY_AFTER),
                    Map.of()));
        }
        meters.renewed();
        Waiter waiter = Waiter.forRenewal(permit.request(), timers.here(), now);
        decide(waiter, permit.request().forRenewal());
        return waiter.permit().compose(replacement -> {
            permit.renewFrom(replacement);
            return renewed(permit);
        });
    }

    /**
     * Removes {@code waiter}, whose client has disconnected, from its queue; does nothing once it was admitted or
     * refused.
     */
    public void leave(Waiter waiter) {
        waiter.leave();
        if (queues.leave(waiter)) {
            meters.count(LimitTable.narrowestScope(waiter.request()).limit(), Result.LEFT);
            waiter.refuse(clientGone());
        }
    }

    void giveBack(Reservation reservation) {
        var unused = store.giveBack(reservation.request(), reservation.id());
    }

    private void onCooldown(Cooldown cooldown) {
        cooldowns.put(cooldown);
        if (cooldown.remaining() > 0) {
            askAgain(queues.dissolve(cooldown.key()));
        }
    }

    private void askAgain(List<Waiter> waiters) {
        for (Waiter waiter : waiters) {
            decide(waiter, waiter.requeued(timers.micros()));
        }
    }

    /** Begins a cooldown if {@code reply} is the connector's 429 or 412. */
    void onReply(PermitRequest request, Reply reply) {
        if (reply.status() != 429 && reply.status() != 412) {
            return;
        }
        long micros = RetryAfter.read(reply.headers().get("Retry-After"), clock.instant())
                .map(Limit::micros)
                .orElse(0L);
        if (micros == 0 && reply.status() == 412) {
            return;
        }
        Scope scope = LimitTable.narrowestScope(request);
        meters.cooldownBegan(scope.limit(), reply.status());
        LOG.atWarn()
                .addKeyValue("limit", scope.limit().name())
                .addKeyValue("status", reply.status())
                .addKeyValue("cooldownMillis", micros / 1_000)
                .log("The connector throttled a request");
        var unused = store.throttle(
                new UpstreamThrottle(scope, reply.status(), micros, Cooldowns.gap(scope.limit(), throttled.restart())));
    }

    /** {@link #onReply} to a request of {@code caller}. */
    void onReply(RequestHead head, Caller caller, Reply reply) {
        onReply(table.request(head, caller, 0), reply);
    }

    private void count(PermitRequest request, Decision decision) {
        for (int i = 0; i < request.scopes().size(); i++) {
            Limit limit = request.scopes().get(i).limit();
            boolean missed = (decision.missed() & (1L << i)) != 0;
            if (i == decision.binding()) {
                meters.count(limit, decision.admitted() ? Result.WAITED : Result.REFUSED);
            } else if (decision.admitted()) {
                meters.count(limit, missed ? Result.MISSED : Result.ADMITTED);
            }
        }
    }

    /** The headers for a quota that was measured at {@code measuredAt}. */
    Map<String, String> headers(PermitRequest request, Decision.Quota quota, long measuredAt) {
        return quotas.of(request, quota, timers.micros() - measuredAt);
    }

    private GatewayException refusal(PermitRequest request, Decision decision) {
        Duration retryAfter = Duration.ofNanos(decision.delay() * 1_000);
        String limit = decision.binding() < 0
                ? "the limits"
                : "limit " + request.scopes().get(decision.binding()).limit().name();
        return new GatewayException(
                Failure.THROTTLED,
                "Too many requests for " + limit + "; the next would be admitted in " + retryAfter.toMillis() + " ms",
                retryAfter,
                quotas.ofRefusal(request, decision));
    }

    private static GatewayException clientGone() {
        return new GatewayException(
                Failure.CLIENT_GONE, "The client disconnected while its request waited for a permit");
    }

    /** Removes the counts and the cooldown of a scope, named as in {@link #snapshot}. */
    public Future<Void> reset(String scope) {
        return store.reset(scope);
    }

    /** The state of the limits, as this gateway knows it. */
    public RateLimitSnapshot snapshot() {
        List<RateLimitSnapshot.LimitLine> limits = table.limits().stream()
                .map(limit -> RateLimitSnapshot.limitLine(limit, meters))
                .toList();
        return new RateLimitSnapshot(store.health(), limits, busy.busiest(50), queues.waiting(), cooldowns.list());
    }
}
