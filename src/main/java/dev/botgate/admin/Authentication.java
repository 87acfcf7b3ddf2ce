package dev.botgate.admin;

import dev.botgate.admin.AuthenticationSettings.Role;
import dev.botgate.admin.AuthenticationSettings.TokenSettings;
import dev.botgate.audit.access.AccessLog;
import dev.botgate.audit.access.AccessRecord;
import dev.botgate.audit.access.AccessRecord.Action;
import dev.botgate.audit.access.AuditReaderIdentity;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
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
 * Checks bearer tokens and their roles: RFC 6750. Health needs no token, {@code /audit} an auditor's, everything else an
 * operator's. A token that is presented must be right even where none is required.
 *
 * <p>Wrong tokens are logged, counted, recorded in the trail (the first, second, fourth, eighth ... of an address),
 * and their refusals delayed by {@link Penalties}. A right token is never delayed: behind a proxy all callers have one
 * address, and wrong tokens of one must not keep the others out. An operator's attempt to read the trail is recorded too.
 */
public final class Authentication {
    private static final Set<String> WITHOUT_TOKEN = Set.of("/health/live", "/health/ready");
    private static final String IDENTITY = "identity";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    private static final Logger log = LoggerFactory.getLogger(Authentication.class);

    private final Vertx vertx;
    private final boolean required;
    private final Map<String, TokenSettings> tokens;
    private final Penalties penalties;
    private final AccessLog accessLog;
    private final InstantSource clock;
    private final Meter.MeterProvider<Counter> requests;

    public Authentication(
            Vertx vertx,
            AdminSettings settings,
            AccessLog accessLog,
            InstantSource clock,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.required = settings.authenticationRequired();
        this.tokens = settings.authentication().tokens();
        this.penalties = new Penalties(nanoTime);
        this.accessLog = accessLog;
        this.clock = clock;
        this.requests = Counter.builder("botgate.admin.authentication")
                .description("Requests to the operator's listener, by the result of their authentication")
                .withRegistry(registry);
    }

    /** Who makes the request; for handlers that come after {@link #check}. */
    static AuditReaderIdentity identity(RoutingContext context) {
        return context.get(IDENTITY);
    }

    /** Passes the request on to the next handler, or refuses it. */
    void check(RoutingContext context) {
        String presented = bearer(context);
        boolean checked = presented != null && !tokens.isEmpty();
        if (WITHOUT_TOKEN.contains(context.normalizedPath()) || (!required && !checked)) {
            proceed(context, null);
        } else if (presented == null) {
            count("missing");
            challenge(context, "Bearer realm=\"botgate\"", Failure.UNAUTHORIZED, "A bearer token is required");
        } else {
            checkRole(context, presented);
        }
    }

    private void checkRole(RoutingContext context, String presented) {
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
                    "This resource needs a token with the role " + needed.name().toLowerCase(Locale.ROOT));
        } else {
            count("accepted");
            proceed(context, name);
        }
    }

    private void refuse(RoutingContext context) {
        String origin = origin(context);
        Optional<Duration> wait = penalties.delay(origin);
        int failures = penalties.failed(origin);
        boolean powerOfTwo = Integer.bitCount(failures) == 1;
        count(wait.isEmpty() ? "slowed" : "refused");
        if (wait.isPresent() || powerOfTwo) {
            log.atWarn()
                    .addKeyValue("remote", origin)
                    .addKeyValue("failures", failures)
                    .log("The operator's listener refused a wrong token");
        }
        if (powerOfTwo) {
            record(context, new AuditReaderIdentity(null, origin), failures, Map.of());
        }
        if (wait.isEmpty()) {
            context.fail(429, new GatewayException(Failure.THROTTLED, "Too many wrong tokens", RETRY_AFTER));
        } else if (wait.get().isZero()) {
            unknownToken(context);
        } else {
            context.request().pause();
            long timer = vertx.setTimer(Math.max(1, wait.get().toMillis()), ignored -> {
                if (!context.response().closed()) {
                    context.request().resume();
                    unknownToken(context);
                }
            });
            log.atDebug().addKeyValue("timer", timer).log("A refusal is delayed because of earlier wrong tokens");
        }
    }

    private static void unknownToken(RoutingContext context) {
        challenge(
                context,
                "Bearer realm=\"botgate\", error=\"invalid_token\"",
                Failure.UNAUTHORIZED,
                "The bearer token is unknown");
    }

    private void record(RoutingContext context, AuditReaderIdentity reader, int failures, Map<String, String> filters) {
        accessLog
                .record(AccessRecord.of(clock.instant(), reader, Action.REFUSED, filters)
                        .with(failures, null))
                .onFailure(cause -> log.atWarn()
                        .addKeyValue("remote", origin(context))
                        .log("A refused request to the operator's listener could not be recorded"));
    }

    /** Compares with every token, so that the time it takes reveals nothing. */
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

    private static void proceed(RoutingContext context, @Nullable String name) {
        context.put(IDENTITY, new AuditReaderIdentity(name, origin(context))).next();
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
        requests.withTag("result", result).increment();
    }
}
