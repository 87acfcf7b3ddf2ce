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
 * Admits requests, with one permit of every limit that applies, and begins cooldowns when the connector throttles.
 *
 * <p>Safe on any thread; a permit is given on the event loop that asked for it.
 */
public final class RateLimits {
    /** The request waits as long as its limits allow. */
    static final Duration UNBOUNDED = Duration.ofDays(365);

    private static final Logger LOG = LoggerFactory.getLogger(RateLimits.class);
    private static final Duration A_SECOND = Duration.ofSeconds(1);

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

    /** {@link #enter}, for callers that never give up. */
    public Future<ReservedPermit> admit(RequestHead head, Caller caller, Duration maximumWait) {
        return enter(head, caller, maximumWait).permit();
    }

    /**
     * Asks for one permit of every limit that applies to a request, or to one more attempt at it.
     *
     * @param maximumWait how long the request can wait, whatever its limits allow
     */
    public Waiter enter(RequestHead head, Caller caller, Duration maximumWait) {
        long atMost = maximumWait.compareTo(Duration.ofDays(1)) > 0 ? Long.MAX_VALUE : Limit.micros(maximumWait);
        PermitRequest request = table.request(head, caller, atMost);
        Waiter waiter = new Waiter(request, timers.here(), timers.micros());
        decide(waiter, request);
        return waiter;
    }

    private void decide(Waiter waiter, PermitRequest request) {
        long askedAt = timers.micros();
        long heard = cooldowns.latest();
        Future<Decision> decided = store.decide(mayWait(waiter) ? request : request.within(0));
        if (decided.succeeded()) {
            decided(waiter, request, heard, askedAt, decided.result());
        } else {
            decided.onSuccess(decision -> decided(waiter, request, heard, askedAt, decision))
                    .onFailure(cause -> waiter.refuse(
                            new GatewayException(Failure.INTERNAL_ERROR, "The rate limit store failed", cause)));
        }
    }

    /** Whether there is room to wait; half of it is kept for what is not background work. */
    private boolean mayWait(Waiter waiter) {
        return waiter.first()
                || (queues.waiting() < maximumWaiting
                        && (!waiter.request().background() || queues.inBackground() < maximumWaiting / 2));
    }

    /**
     * The store decided at some time between {@code askedAt} and now. An answer that took longer than the tolerance leaves
     * that time too uncertain: the permit is given back and asked for once more. A second slow answer is taken as the store's
     * usual distance, and its permit counts from now.
     *
     * @param heard the number of the latest cooldown before the store was asked
     */
    private void decided(Waiter waiter, PermitRequest request, long heard, long askedAt, Decision decision) {
        long now = timers.micros();
        boolean slow = now - askedAt > request.tolerance();
        if (slow && decision.admitted() && !waiter.hasLeft() && waiter.mayAskTwice()) {
            giveBack(reservation(waiter, decision, now, now, heard));
            decide(waiter, request);
            return;
        }
        busy.asked(request, !decision.admitted(), now);
        count(request, decision);
        long delay = decision.delay();
        Reservation reservation = reservation(waiter, decision, now, slow ? now : askedAt, heard);
        if (!decision.admitted()) {
            waiter.refuse(refusal(request, decision));
        } else if (waiter.hasLeft()) {
            giveBack(reservation);
            waiter.refuse(clientGone());
        } else if (delay <= 0 && !queues.waitsFor(request)) {
            waiter.admit(new ReservedPermit(this, waiter.request(), reservation, decision.quota(), now));
        } else {
            waiter.promised(decision.quota());
            queues.join(waiter, reservation, Math.max(0, delay - request.lead()));
            String closed = cooldowns.beganSince(request, heard);
            if (closed != null) {
                // Its queue was dissolved before it joined: the reservation is older than the cooldown, and void.
                askAgain(queues.dissolve(closed));
            } else if (waiter.hasLeft()) {
                leave(waiter);
            }
        }
    }

    private static Reservation reservation(Waiter waiter, Decision decision, long now, long from, long heard) {
        PermitRequest request = waiter.request();
        long tolerance = request.tolerance();
        long expiresAt = tolerance == Long.MAX_VALUE ? Long.MAX_VALUE : from + decision.delay() + tolerance;
        return new Reservation(request, decision.reservation(), now + decision.delay(), expiresAt, heard);
    }

    private void admitFromQueue(Waiter waiter, Reservation reservation) {
        long now = timers.micros();
        meters.waited(waiter.waited(now));
        waiter.admit(new ReservedPermit(this, waiter.request(), reservation, waiter.quota(), now));
    }

    /**
     * Makes sure that {@code permit} is good, and succeeds when its request may be sent: at its time. An expired permit, and
     * one whose scope is in a cooldown that began since, are given back and replaced. The replacement is for the first place
     * in the queue, as far as the others can wait longer, even if the queue is full; so nobody is refused after waiting, but
     * where a cooldown lasts too long. A request that is late for each of its permits is refused in the end.
     *
     * @return fails with THROTTLED when there is no other permit in time
     */
    Future<Void> renewed(ReservedPermit permit) {
        Reservation reservation = permit.reservation();
        long now = timers.micros();
        if (now <= reservation.expiresAt()
                && cooldowns.beganSince(permit.request(), reservation.cooldownsHeard()) == null) {
            if (now >= reservation.sendAt()) {
                return Future.succeededFuture();
            }
            Promise<Void> due = Promise.promise();
            var unused = timers.after(reservation.sendAt() - now, due::complete);
            return due.future().compose(come -> renewed(permit));
        }
        permit.giveBack();
        if (!permit.mayBeRenewed(now)) {
            return Future.failedFuture(new GatewayException(
                    Failure.THROTTLED,
                    "The request was not ready in time for any of its permits",
                    cooldowns.remaining(permit.request()).orElse(A_SECOND),
                    Map.of()));
        }
        meters.renewed();
        Waiter waiter = Waiter.again(permit.request(), timers.here(), now);
        decide(waiter, permit.request().again());
        return waiter.permit().compose(another -> {
            permit.renewFrom(another);
            return renewed(permit);
        });
    }

    /** Gives up the place of {@code waiter}, whose client has left; does nothing after its permit was given or refused. */
    public void leave(Waiter waiter) {
        waiter.leave();
        if (queues.leave(waiter)) {
            meters.count(LimitTable.narrowest(waiter.request()).limit(), Result.LEFT);
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
            decide(waiter, waiter.askAgain(timers.micros()));
        }
    }

    /** Begins a cooldown if {@code reply} is the connector's 429 or 412; the same reply told twice counts once. */
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
        Scope scope = LimitTable.narrowest(request);
        meters.closed(scope.limit(), reply.status());
        LOG.atWarn()
                .addKeyValue("limit", scope.limit().name())
                .addKeyValue("status", reply.status())
                .addKeyValue("cooldownMillis", micros / 1_000)
                .log("The connector throttles");
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

    /** What a reply tells of a quota that was true at {@code toldAt}. */
    Map<String, String> headers(PermitRequest request, Decision.Quota quota, long toldAt) {
        return quotas.of(request, quota, timers.micros() - toldAt);
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
        return new GatewayException(Failure.CLIENT_GONE, "The client left while its request waited for a permit");
    }

    /** Forgets what is known of a scope, named as in {@link #snapshot}: its count and its closure. */
    public Future<Void> reset(String scope) {
        return store.reset(scope);
    }

    /** How things stand, as this gateway sees them. */
    public RateLimitSnapshot snapshot() {
        List<RateLimitSnapshot.LimitLine> limits = table.limits().stream()
                .map(limit -> RateLimitSnapshot.queue(limit, meters))
                .toList();
        return new RateLimitSnapshot(store.health(), limits, busy.top(50), queues.waiting(), cooldowns.list());
    }
}
