package dev.botgate.ratelimit;

import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.RequestHead;
import dev.botgate.exchange.RetryAfter;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.ratelimit.RateLimitMeters.Result;
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
 * Admits requests, one permit of every limit that applies, and hears the upstream's word.
 *
 * <p>Safe on any thread; a permit is told on the event loop that asked for it.
 */
public final class RateLimits {
    private static final Logger LOG = LoggerFactory.getLogger(RateLimits.class);
    private static final Duration A_SECOND = Duration.ofSeconds(1);

    private final LimitTable table;
    private final LimitStore store;
    private final Distance distance;
    private final Timers timers;
    private final Ticker ticker;
    private final InstantSource clock;
    private final ThrottleSettings throttled;
    private final int maximumWaiting;
    private final WaitQueues lines;
    private final RateLimitMeters meters;
    private final BusyScopes busy;
    private final Cooldowns closed;
    private final QuotaHeaders quotas = new QuotaHeaders();

    public RateLimits(
            RateLimitSettings settings,
            LimitStore store,
            Timers timers,
            Ticker ticker,
            InstantSource clock,
            MeterRegistry registry) {
        this.table = new LimitTable(settings);
        this.store = store;
        this.distance = new Distance(store, ticker);
        this.timers = timers;
        this.ticker = ticker;
        this.clock = clock;
        this.throttled = settings.throttled();
        this.maximumWaiting = settings.maximumWaiting();
        this.lines = new WaitQueues(timers, this::giveBack, this::go);
        this.meters = new RateLimitMeters(registry, table, lines::waiting);
        this.busy = new BusyScopes(ticker.micros());
        this.closed = new Cooldowns(ticker, throttled.recovery());
        store.onClosure(this::closed);
        store.onUpheaval(this::upheaval);
    }

    /** {@link #enter}, for callers that never give up. */
    public Future<Permit> admit(RequestHead head, Caller caller, Duration atMost) {
        return enter(head, caller, atMost).permit();
    }

    /**
     * Asks for one permit of every limit that applies to a request, or to one more attempt at it.
     *
     * @param atMost how long the request can wait, whatever its limits allow
     */
    public PendingPermit enter(RequestHead head, Caller caller, Duration atMost) {
        long longest = atMost.compareTo(Duration.ofDays(1)) > 0 ? Long.MAX_VALUE : Limit.micros(atMost);
        PermitRequest ask = table.ask(head, caller, longest);
        long now = ticker.micros();
        Waiter waiter = new Waiter(ask, timers.here(), now);
        decide(waiter, ask, now);
        return new PendingPermit() {
            @Override
            public Future<Permit> permit() {
                return waiter.permit();
            }

            @Override
            public void leave() {
                leaves(waiter);
            }
        };
    }

    private void decide(Waiter waiter, PermitRequest ask, long askedAt) {
        long heard = closed.latest();
        Future<Decision> decided = store.decide(mayWait(waiter) ? ask : ask.within(0));
        if (decided.succeeded()) {
            decided(waiter, ask, heard, askedAt, decided.result());
        } else {
            decided.onSuccess(decision -> decided(waiter, ask, heard, askedAt + distance.since(askedAt), decision))
                    .onFailure(cause -> waiter.refuse(
                            new GatewayException(Failure.INTERNAL_ERROR, "The limits could not be asked", cause)));
        }
    }

    /** Whether there is room to wait; half of it is kept for what is not background work. */
    private boolean mayWait(Waiter waiter) {
        return waiter.before()
                || (lines.waiting() < maximumWaiting
                        && (!waiter.ask().background() || lines.inBackground() < maximumWaiting / 2));
    }

    /**
     * @param heard the number of the last closure before the store was asked
     * @param from when the store decided, as far as is known, and no later but for its distance
     */
    private void decided(Waiter waiter, PermitRequest ask, long heard, long from, Decision decision) {
        long now = ticker.micros();
        busy.asked(ask, !decision.admitted(), now);
        count(ask, decision);
        long delay = decision.delay();
        Reservation turn = new Reservation(waiter.ask(), decision.reservation(), from + delay, now + delay, heard);
        if (!decision.admitted()) {
            waiter.refuse(refusal(ask, decision));
        } else if (waiter.hasLeft()) {
            giveBack(turn);
            waiter.refuse(gone());
        } else if (delay <= 0 && !lines.waitsFor(ask)) {
            waiter.admit(new Permit(this, waiter.ask(), turn, decision.quota(), now));
        } else if (turn.lateness(turn.due()) > ask.tolerance() && waiter.asksOnceMore()) {
            // It would be late. Now its moment is still to come, and free for whoever asks; later it would be lost.
            giveBack(turn);
            decide(waiter, ask, now);
        } else {
            waiter.promised(decision.quota(), delay <= ask.lead());
            lines.join(waiter, turn, Math.max(0, delay - ask.lead()));
            String shut = closed.closedSince(ask, heard);
            if (shut != null) {
                // Its line was dissolved before it stood there; the promise is older than the closure, and void.
                askAgain(lines.dissolve(shut));
            } else if (waiter.hasLeft()) {
                leaves(waiter);
            }
        }
    }

    private void go(Waiter waiter, Reservation turn) {
        long now = ticker.micros();
        meters.waited(waiter.waited(now));
        waiter.admit(new Permit(this, waiter.ask(), turn, waiter.quota(), now));
    }

    /**
     * Succeeds when the request of {@code permit} may go: at its moment, or soon after it. One that is later takes another
     * permit, and so does one whose scope the upstream has closed since. It goes before those that wait for the same, as far
     * as their clients wait for longer, and the line grows by one moment, be it full or not: nobody is refused after waiting
     * for it, but where the closure lasts too long. How far away the store is makes nobody late, since another permit would
     * come from as far; what its answer took longer than others does. Who is late with every permit is refused in the end.
     *
     * @param waits is told, on the caller's event loop, when the other permit is not for now
     */
    Future<Void> renewed(Permit permit, Runnable waits) {
        Reservation turn = permit.turn();
        long now = ticker.micros();
        boolean stale = !permit.isHeld()
                || turn.lateness(now) > turn.ask().tolerance()
                || closed.closedSince(permit.ask(), turn.heard()) != null;
        if (!stale && now < turn.due()) {
            Promise<Void> come = Promise.promise();
            var unused = timers.after(turn.due() - now, come::complete);
            return come.future().compose(moment -> renewed(permit, waits));
        }
        if (!stale) {
            return Future.succeededFuture();
        }
        permit.giveBack();
        if (!permit.mayBeExchanged(now)) {
            return Future.failedFuture(new GatewayException(
                    Failure.THROTTLED,
                    "The request was not ready in time for any of its permits",
                    closed.remaining(permit.ask()).orElse(A_SECOND),
                    Map.of()));
        }
        meters.renewed();
        Waiter waiter = Waiter.again(permit.ask(), timers.here(), now, waits);
        decide(waiter, permit.ask().again(), now);
        return waiter.permit().compose(another -> {
            permit.exchangeFor(another);
            return renewed(permit, waits);
        });
    }

    private void leaves(Waiter waiter) {
        waiter.leave();
        if (lines.leave(waiter)) {
            meters.count(LimitTable.narrowest(waiter.ask()).limit(), Result.LEFT);
            waiter.refuse(gone());
        }
    }

    void giveBack(Reservation turn) {
        var unused = store.giveBack(turn.ask(), turn.reservation());
    }

    private void closed(Cooldown closure) {
        closed.put(closure);
        if (closure.remaining() > 0) {
            askAgain(lines.dissolve(closure.key()));
        }
    }

    /** Learns how far away the store is, so that the first requests of all are measured by that. */
    public Future<Void> learnDistance() {
        return distance.learn();
    }

    /** Nothing is promised any more, and another store may answer. */
    private void upheaval() {
        distance.forget();
        var unused = distance.learn();
        askAgain(lines.dissolve(null));
    }

    private void askAgain(List<Waiter> waiters) {
        for (Waiter waiter : waiters) {
            long now = ticker.micros();
            decide(waiter, waiter.askAgain(now), now);
        }
    }

    /** Hears what the upstream answered to a request that was admitted elsewhere; the same answer heard twice counts once. */
    public void overhear(RequestHead head, Caller caller, Reply reply) {
        if (reply.status() == 429 || reply.status() == 412) {
            hear(table.ask(head, caller, 0), reply);
        }
    }

    void hear(PermitRequest ask, Reply reply) {
        if (reply.status() != 429 && reply.status() != 412) {
            return;
        }
        long micros = RetryAfter.read(reply.headers().get("Retry-After"), clock.instant())
                .map(Limit::micros)
                .orElse(0L);
        if (micros == 0 && reply.status() == 412) {
            return;
        }
        Scope scope = LimitTable.narrowest(ask);
        meters.closed(scope.limit(), reply.status());
        LOG.atWarn()
                .addKeyValue("limit", scope.limit().name())
                .addKeyValue("status", reply.status())
                .addKeyValue("closedMillis", micros / 1_000)
                .log("The upstream throttles");
        var unused = store.throttle(
                new UpstreamThrottle(scope, reply.status(), micros, Cooldowns.gap(scope.limit(), throttled.restart())));
    }

    private void count(PermitRequest ask, Decision decision) {
        for (int i = 0; i < ask.scopes().size(); i++) {
            Limit limit = ask.scopes().get(i).limit();
            boolean missed = (decision.missed() & (1L << i)) != 0;
            if (i == decision.binding()) {
                meters.count(limit, decision.admitted() ? Result.WAITED : Result.REFUSED);
            } else if (decision.admitted()) {
                meters.count(limit, missed ? Result.MISSED : Result.ADMITTED);
            }
        }
    }

    /** What a reply tells of a quota that was true at {@code toldAt}. */
    Map<String, String> headers(PermitRequest ask, Decision.Quota quota, long toldAt) {
        return quotas.of(ask, quota, ticker.micros() - toldAt);
    }

    private GatewayException refusal(PermitRequest ask, Decision decision) {
        Duration retryAfter = Duration.ofNanos(decision.delay() * 1_000);
        String limit = decision.binding() < 0
                ? "the limits"
                : "limit " + ask.scopes().get(decision.binding()).limit().name();
        return new GatewayException(
                Failure.THROTTLED,
                "Too many requests for " + limit + "; the next would be admitted in " + retryAfter.toMillis() + " ms",
                retryAfter,
                quotas.ofRefusal(ask, decision));
    }

    private static GatewayException gone() {
        return new GatewayException(Failure.CLIENT_GONE, "The client left while its request waited for a permit");
    }

    /** Forgets what is known of a scope, named as in {@link #snapshot}: its count and its closure. */
    public Future<Void> reset(String scope) {
        return store.reset(scope);
    }

    /** How things stand, as this gateway sees them. */
    public RateLimitSnapshot snapshot() {
        List<RateLimitSnapshot.LimitLine> limits = table.limits().stream()
                .map(limit -> RateLimitSnapshot.line(limit, meters))
                .toList();
        return new RateLimitSnapshot(
                store.health(),
                limits,
                busy.top(50).stream()
                        .map(scope -> new RateLimitSnapshot.BusyLine(scope.scope(), scope.asked(), scope.refused()))
                        .toList(),
                lines.waiting(),
                closed.list());
    }
}
