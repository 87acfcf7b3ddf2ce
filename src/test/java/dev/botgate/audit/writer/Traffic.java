package dev.botgate.audit.writer;

import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.OutcomeStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicLong;

/** Exchanges that begin at a steady rate, and end as soon as they may, until told to stop. */
final class Traffic {
    private final JournaledFixture fixture;
    private final TrailWriter trail;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong recorded = new AtomicLong();
    private final Promise<Long> over = Promise.promise();
    private volatile boolean stopping;

    private Traffic(JournaledFixture fixture, TrailWriter trail) {
        this.fixture = fixture;
        this.trail = trail;
    }

    static Traffic start(JournaledFixture fixture, TrailWriter trail, int perSecond) {
        Traffic traffic = new Traffic(fixture, trail);
        Vertx vertx = fixture.postgres().vertx();
        vertx.setPeriodic(1_000 / perSecond, timer -> {
            if (!traffic.stopping) {
                traffic.send();
            } else if (vertx.cancelTimer(timer)) {
                traffic.tellWhenOver();
            }
        });
        return traffic;
    }

    /** How many intents have become durable. */
    long recorded() {
        return recorded.get();
    }

    /** Begins no more, and tells how many were begun, once all of them are durable. */
    Future<Long> stop() {
        stopping = true;
        return over.future();
    }

    private void send() {
        Intent intent = Exchanges.intent(
                fixture.ids().next(), "r" + sent.incrementAndGet(), "28:bot", "19:c", null, "SendToConversation");
        trail.begin(intent)
                .onSuccess(durable -> {
                    trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));
                    recorded.incrementAndGet();
                    tellWhenOver();
                })
                .onFailure(over::tryFail);
    }

    private void tellWhenOver() {
        if (stopping && recorded.get() == sent.get()) {
            over.tryComplete(sent.get());
        }
    }
}
