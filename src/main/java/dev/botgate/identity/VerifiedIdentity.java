package dev.botgate.identity;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who shows a bearer token that a trusted issuer has signed for this audience, and nobody else: 401 for other
 * tokens and for none, 503 while there never were keys to tell by.
 *
 * <p>A token that was found good is remembered by its digest until it expires or the issuer's keys change. An instance
 * belongs to one event loop.
 */
public final class VerifiedIdentity implements Filter<Arrival, Identified> {
    private final TokenCheck check;
    private final RememberedTokens remembered;
    private final InstantSource clock;
    private final IdentityMeters meters;

    public VerifiedIdentity(
            IdentitySettings settings, TrustedIssuers issuers, InstantSource clock, MeterRegistry registry) {
        this.check = new TokenCheck(issuers, settings.audiences(), settings.clockSkew());
        this.remembered = new RememberedTokens(settings.maximumRemembered());
        this.clock = clock;
        this.meters = new IdentityMeters(registry);
    }

    @Override
    public Future<Reply> apply(Arrival request, Service<Identified> next) {
        Optional<Credential> shown = Credential.of(request.head().headers().getAll(HeaderNames.AUTHORIZATION))
                .filter(Credential::bearer);
        if (shown.isEmpty()) {
            return refused(TokenRejection.ABSENT);
        }
        Optional<String> token = shown.get().token();
        if (token.isEmpty()) {
            return refused(TokenRejection.MALFORMED);
        }
        String digest = shown.get().digest();
        Instant now = clock.instant();
        Optional<TokenVerdict.Believed> known = remembered.find(digest, now);
        if (known.isPresent()) {
            meters.remembered();
            return next.serve(request.by(caller(known.get(), digest)));
        }
        return verdict(token.get(), now)
                .compose(verdict -> conclude(verdict, digest))
                .compose(caller -> next.serve(request.by(caller)));
    }

    /** The verdict, for which keys are fetched where that may help, once. */
    private Future<TokenVerdict> verdict(String token, Instant now) {
        TokenVerdict first = check.check(token, now);
        if (!(first instanceof TokenVerdict.KeyMissing missing)) {
            return Future.succeededFuture(first);
        }
        KeySource source = missing.source();
        Optional<Future<Void>> fetch = source.current().isEmpty() ? source.underWay() : source.fetchForUnknownKey();
        return fetch.map(ended -> onOwnContext(ended).map(tried -> check.check(token, clock.instant())))
                .orElseGet(() -> Future.succeededFuture(first));
    }

    private Future<Caller> conclude(TokenVerdict verdict, String digest) {
        if (verdict instanceof TokenVerdict.Believed believed) {
            meters.verified();
            remembered.add(digest, believed);
            return Future.succeededFuture(caller(believed, digest));
        }
        if (verdict instanceof TokenVerdict.KeyMissing missing
                && missing.source().current().isEmpty()) {
            meters.unavailable();
            return Future.failedFuture(missing.source().unavailable());
        }
        return refused(verdict instanceof TokenVerdict.Refused refused ? refused.fault() : TokenRejection.UNKNOWN_KEY);
    }

    private <T> Future<T> refused(TokenRejection fault) {
        meters.refused(fault);
        return Future.failedFuture(fault.refusal());
    }

    private static Caller caller(TokenVerdict.Believed believed, String digest) {
        return new Caller(
                believed.bot(), believed.tenant(), digest, true, believed.issuer(), null, believed.delegated());
    }

    private static <T> Future<T> onOwnContext(Future<T> future) {
        @Nullable Context context = Vertx.currentContext();
        if (context == null) {
            return future;
        }
        Promise<T> promise = Promise.promise();
        future.onComplete(result -> context.runOnContext(ignored -> promise.handle(result)));
        return promise.future();
    }
}
