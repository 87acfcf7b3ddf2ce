package dev.botgate.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import dev.botgate.identity.TokenVerifier.KeyMissing;
import dev.botgate.identity.TokenVerifier.Rejected;
import dev.botgate.identity.TokenVerifier.Verdict;
import dev.botgate.identity.TokenVerifier.Verified;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/**
 * Accepts requests with a bearer token that a trusted issuer has signed for a configured audience. Others get 401, or 503 while
 * the issuer has no valid keys.
 *
 * <p>Verified tokens are remembered by their digest until they expire or the issuer's keys change. An instance belongs to one
 * event loop.
 */
public final class VerifiedIdentity implements Filter<Arrival, Identified> {
    private final TokenVerifier verifier;
    private final Cache<String, Verified> remembered;
    private final InstantSource clock;
    private final IdentityMetrics metrics;

    public VerifiedIdentity(
            IdentitySettings settings, TrustedIssuers issuers, InstantSource clock, MeterRegistry registry) {
        this.verifier = new TokenVerifier(issuers, settings.audiences(), settings.clockSkew());
        this.remembered = Caffeine.newBuilder()
                .maximumSize(settings.maximumRemembered())
                .executor(Runnable::run)
                .build();
        this.clock = clock;
        this.metrics = new IdentityMetrics(registry);
    }

    @Override
    public Future<Reply> apply(Arrival request, Service<Identified> next) {
        Optional<Credential> credential = Credential.of(request.head().headers().getAll(HeaderNames.AUTHORIZATION))
                .filter(Credential::isBearer);
        if (credential.isEmpty()) {
            return rejected(TokenRejection.ABSENT);
        }
        Optional<String> token = credential.get().token();
        if (token.isEmpty()) {
            return rejected(TokenRejection.MALFORMED);
        }
        String digest = credential.get().digest();
        Instant now = clock.instant();
        Verified known = remembered.getIfPresent(digest);
        if (known != null && known.isValid(now)) {
            metrics.remembered();
            return next.serve(request.by(caller(known, digest)));
        }
        return verdict(token.get(), now)
                .compose(verdict -> conclude(verdict, digest))
                .compose(caller -> next.serve(request.by(caller)));
    }

    /** The verdict; where the key is missing, that after one fetch of the keys. */
    private Future<Verdict> verdict(String token, Instant now) {
        Verdict first = verifier.verify(token, now);
        if (!(first instanceof KeyMissing missing)) {
            return Future.succeededFuture(first);
        }
        KeySource source = missing.source();
        Optional<Future<Void>> fetch = source.current().isEmpty() ? source.fetching() : source.fetchForUnknownKey();
        return fetch.map(ended -> onEventLoop(ended).map(done -> verifier.verify(token, clock.instant())))
                .orElseGet(() -> Future.succeededFuture(first));
    }

    private Future<Caller> conclude(Verdict verdict, String digest) {
        if (verdict instanceof Verified verified) {
            metrics.verified();
            remembered.put(digest, verified);
            return Future.succeededFuture(caller(verified, digest));
        }
        if (verdict instanceof KeyMissing missing && missing.source().current().isEmpty()) {
            metrics.unavailable();
            return Future.failedFuture(missing.source().unavailable());
        }
        return rejected(verdict instanceof Rejected rejected ? rejected.reason() : TokenRejection.UNKNOWN_KEY);
    }

    private <T> Future<T> rejected(TokenRejection reason) {
        metrics.rejected(reason);
        return Future.failedFuture(reason.refusal());
    }

    private static Caller caller(Verified verified, String digest) {
        return new Caller(
                verified.bot(), verified.tenant(), digest, true, verified.issuer(), null, verified.delegated());
    }

    /** Completes on the event loop of the request when {@code fetch}, which never fails, has ended on any thread. */
    private static Future<Void> onEventLoop(Future<Void> fetch) {
        Context context = Objects.requireNonNull(Vertx.currentContext());
        Promise<Void> ended = Promise.promise();
        fetch.onComplete(ignored -> context.runOnContext(ended::complete));
        return ended.future();
    }
}
