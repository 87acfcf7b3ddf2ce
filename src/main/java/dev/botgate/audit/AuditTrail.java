package dev.botgate.audit;

import io.vertx.core.Future;
import java.util.Optional;

/**
 * Where mutations are recorded before and after they go upstream.
 *
 * <p>The promise: no byte of a mutation goes upstream before its intent is durable; every intent gets exactly one closing
 * record ({@code succeeded}, {@code refused}, {@code failed}, {@code unknown}); no record is lost or doubled by the death of
 * the gateway, the database, the disk's free space or the network, at any instant.
 *
 * <p>For that, who forwards does so only once {@link #begin} has succeeded. An intent whose {@code begin} failed is never
 * left open: either it is not in the trail at all, or it is closed there as {@code failed} with the error {@code
 * NotForwarded}. What a dead gateway left open is closed as {@code unknown} by another one, or by its own next run, with the
 * error {@code GatewayDied}. The first closing record stands: what a gateway that was only cut off knew better, and told too
 * late, is kept beside it. Until it is closed, an intent says "may have happened".
 *
 * <p>Callable on any thread; futures complete on the caller's context.
 */
public interface AuditTrail {

    /**
     * Records what is about to be done.
     *
     * @return succeeds once {@code intent} is durable. Fails with AUDIT_UNAVAILABLE, and when to come back: once it was
     *     not durable within {@code commitTimeout}, at once when too many wait already; with SHUTTING_DOWN after {@link
     *     #close}. After a failure nothing may be forwarded
     */
    Future<Void> begin(Intent intent);

    /**
     * Records one of several attempts; for an intent whose {@link #begin} succeeded, and before its {@link #end}. Returns
     * at once, and tries until it is durable, which it is before its outcome or together with it.
     */
    void attempt(Attempt attempt);

    /** Records how it ended; for an intent whose {@link #begin} succeeded. Returns at once, and tries until it is durable. */
    void end(Outcome outcome);

    /**
     * Does the same as {@link #end}, and tells when the outcome is durable.
     *
     * @return fails once the outcome was not durable within {@code commitTimeout}, or the store refused it; a late one is
     *     written nevertheless
     */
    Future<Void> endDurably(Outcome outcome);

    /** Why an intent could not be recorded now; empty when it could. */
    Optional<String> problem();

    /**
     * Takes no more intents, and makes what was taken durable.
     *
     * @return fails when something could not be made durable within {@code commitTimeout}
     */
    Future<Void> close();
}
