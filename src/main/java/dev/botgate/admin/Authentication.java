package dev.botgate.admin;

import dev.botgate.audit.access.AccessLog;
import dev.botgate.audit.access.AccessRecord;
import dev.botgate.audit.access.AccessRecord.Action;
import dev.botgate.audit.access.AuditReaderIdentity;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in who shows a token of the right role: RFC 6750. Health needs none, {@code /audit} an auditor's, everything else
 * an operator's. Where no token is required, one that is shown must be right nevertheless.
 *
 * <p>Wrong tokens are logged, counted, recorded in the trail (the first of an address, the second, the fourth and so on),
 * and their refusals held up by {@link Penalties}. A right token never waits: behind a proxy all callers have one address,
 * and a stranger's wrong tokens must not keep operators out. An operator's try to read the trail is recorded too.
 */
public final class Authentication {
    private static final Set<String> OPEN = Set.of("/health/live", "/health/ready");
    private static final String VISITOR = "visitor";
    private static final Duration COME_BACK = Duration.ofSeconds(10);
    private static final Logger log = LoggerFactory.getLogger(Authentication.class);

    private final Vertx vertx;
    private final boolean required;
    private final Map<String, TokenSettings> tokens;
    private final Penalties penalties;
    private final AccessLog accesses;
    private final InstantSource clock;
    private final MeterRegistry registry;

    public Authentication(
            Vertx vertx,
            AdminSettings settings,
            AccessLog accesses,
            InstantSource clock,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.required = settings.authenticationRequired();
        this.tokens = settings.authentication().tokens();
        this.penalties = new Penalties(nanoTime);
        this.accesses = accesses;
        this.clock = clock;
        this.registry = registry;
    }

    /** Who asks; for what comes behind {@link #check}. */
    static AuditReaderIdentity visitor(RoutingContext context) {
        return context.get(VISITOR);
    }

    /** Passes the request on, or answers it. */
    void check(RoutingContext context) {
        String presented = bearer(context);
        boolean judged = presented != null && !tokens.isEmpty();
        if (OPEN.contains(context.normalizedPath()) || (!required && !judged)) {
            letIn(context, null);
        } else if (presented == null) {
            count("missing");
            challenge(context, "Bearer realm=\"botgate\"", Failure.UNAUTHORIZED, "A bearer token is required here");
        } else {
            judge(context, presented);
        }
    }

    private void judge(RoutingContext context, String presented) {
        String path = context.normalizedPath();
        Role needed = path.equals("/audit") || path.startsWith("/audit/") ? Role.AUDITOR : Role.OPERATOR;
        String name = nameOf(presented);
        TokenSettings token = name == null ? null : tokens.get(name);
        if (token == null) {
            refuse(context);
        } else if (token.role() != needed) {
            count("forbidden");
            if (needed == Role.AUDITOR) {
                record(context, new AuditReaderIdentity(name, origin(context)), 1, Map.of("path", path));
            }
            challenge(
                    context,
                    "Bearer realm=\"botgate\", error=\"insufficient_scope\"",
                    Failure.FORBIDDEN,
                    "This needs a token with the role " + needed.name().toLowerCase(Locale.ROOT));
        } else {
            count("accepted");
            letIn(context, name);
        }
    }

    private void refuse(RoutingContext context) {
        String origin = origin(context);
        Optional<Duration> wait = penalties.delay(origin);
        int failures = penalties.failed(origin);
        boolean noteworthy = Integer.bitCount(failures) == 1;
        count(wait.isEmpty() ? "slowed" : "refused");
        if (wait.isPresent() || noteworthy) {
            log.atWarn()
                    .addKeyValue("remote", origin)
                    .addKeyValue("failures", failures)
                    .log("A wrong token was shown to the operator's listener");
        }
        if (noteworthy) {
            record(context, new AuditReaderIdentity(null, origin), failures, Map.of());
        }
        if (wait.isEmpty()) {
            context.fail(429, new GatewayException(Failure.THROTTLED, "Too many wrong tokens", COME_BACK));
        } else if (wait.get().isZero()) {
            notKnown(context);
        } else {
            context.request().pause();
            long timer = vertx.setTimer(Math.max(1, wait.get().toMillis()), ignored -> {
                if (!context.response().closed()) {
                    context.request().resume();
                    notKnown(context);
                }
            });
            log.atDebug().addKeyValue("timer", timer).log("A refusal waits because of wrong tokens before it");
        }
    }

    private static void notKnown(RoutingContext context) {
        challenge(
                context,
                "Bearer realm=\"botgate\", error=\"invalid_token\"",
                Failure.UNAUTHORIZED,
                "This token is not known here");
    }

    private void record(
            RoutingContext context, AuditReaderIdentity visitor, int failures, Map<String, String> filters) {
        accesses.record(AccessRecord.of(clock.instant(), visitor, Action.REFUSED, filters)
                        .with(failures, null))
                .onFailure(cause -> log.atWarn()
                        .addKeyValue("remote", origin(context))
                        .log("It could not be recorded that somebody was refused"));
    }

    /** Compares with every token, so that how long it takes tells nothing. */
    private @Nullable String nameOf(String presented) {
        byte[] digest = sha256(presented);
        String found = null;
        for (Map.Entry<String, TokenSettings> token : tokens.entrySet()) {
            if (MessageDigest.isEqual(
                    digest, HexFormat.of().parseHex(token.getValue().sha256()))) {
                found = token.getKey();
            }
        }
        return found;
    }

    /** The digest by which a token is known. */
    public static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    private static void letIn(RoutingContext context, @Nullable String name) {
        context.put(VISITOR, new AuditReaderIdentity(name, origin(context))).next();
    }

    private static void challenge(RoutingContext context, String challenge, Failure failure, String message) {
        context.response().putHeader("WWW-Authenticate", challenge);
        context.fail(failure.status(), new GatewayException(failure, message));
    }

    private static @Nullable String bearer(RoutingContext context) {
        String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        return header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? header.substring(7).strip()
                : null;
    }

    private static String origin(RoutingContext context) {
        return String.valueOf(context.request().remoteAddress().hostAddress());
    }

    private void count(String result) {
        Counter.builder("botgate.admin.authentication")
                .description("Requests to the operator's listener, by what became of their token")
                .tag("result", result)
                .register(registry)
                .increment();
    }
}
