package dev.botgate.gateway;

import dev.botgate.admin.AdminRoutes;
import dev.botgate.admin.AdminServer;
import dev.botgate.admin.AuditRoutes;
import dev.botgate.admin.Authentication;
import dev.botgate.admin.CacheRoutes;
import dev.botgate.admin.HealthRoutes;
import dev.botgate.admin.HoldRoutes;
import dev.botgate.admin.RateLimitRoutes;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.GatewayRun;
import dev.botgate.audit.Recording;
import dev.botgate.audit.access.AccessRecordingHolds;
import dev.botgate.audit.access.AccessRecordingReader;
import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.PostgresAccessLog;
import dev.botgate.audit.postgres.PostgresHoldStore;
import dev.botgate.audit.postgres.PostgresReader;
import dev.botgate.audit.postgres.Retention;
import dev.botgate.cache.InvalidationBus;
import dev.botgate.cache.MemberCache;
import dev.botgate.cache.redis.RedisInvalidationBus;
import dev.botgate.config.Configuration;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.fleet.FleetConnection;
import dev.botgate.fleet.RedisSettings;
import dev.botgate.ratelimit.LimitStore;
import dev.botgate.ratelimit.MemoryStore;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.ratelimit.RateLimits;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.ratelimit.Timers;
import dev.botgate.ratelimit.redis.RedisStore;
import dev.botgate.sandbox.Sandbox;
import dev.botgate.schema.Schema;
import dev.botgate.server.ConnectionLimits;
import dev.botgate.upstream.RetryBudgets;
import dev.botgate.upstream.UpstreamSettings;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The start of one gateway, step by step; each step gives what it started to {@code closing}. */
final class GatewayStartup {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /** PostgreSQL may take minutes to recover after a crash. */
    private static final Duration DATABASE_START_LIMIT = Duration.ofMinutes(7);

    private static final Duration REDIS_START_LIMIT = Duration.ofSeconds(30);

    /** How long an event loop may be blocked before the gateway is not ready. */
    private static final Duration MAX_READY_BLOCKING = Duration.ofSeconds(2);

    /** How long an event loop may be blocked before the gateway is not live: only a restart helps then. */
    private static final Duration MAX_LIVE_BLOCKING = Duration.ofSeconds(30);

    private final Configuration configured;
    private final CloseStack closing;
    private final Clock clock = Clock.systemUTC();
    private final PrometheusMeterRegistry registry = Metrics.registry();
    private final GatewayRun run;
    private final AtomicBoolean stopping = new AtomicBoolean();

    GatewayStartup(Configuration configured, CloseStack closing) {
        this.configured = configured;
        this.closing = closing;
        String name = configured.audit().gateway();
        this.run = GatewayRun.starting(name == null ? LocalReaderIdentity.host() : name);
    }

    Gateway start(boolean withSandbox) throws Exception {
        ListenAddress data = new ListenAddress(
                "server", configured.server().host(), configured.server().port());
        ListenAddress operator = new ListenAddress(
                "admin", configured.admin().host(), configured.admin().port());
        ListenAddress sandboxed = new ListenAddress(
                "sandbox", configured.sandbox().host(), configured.sandbox().port());
        ListenAddress.check(withSandbox ? List.of(data, operator, sandboxed) : List.of(data, operator));
        Recording recording = RedactionKeyRing.recording(configured.audit());

        // The database takes longest, so the event loops start beside it.
        CompletableFuture<TrailDatabase> opening =
                CompletableFuture.supplyAsync(() -> TrailDatabase.open(configured.database()));
        closing.addBlocking("database", () -> closeOnceOpen(opening));
        int eventLoops = configured.server().actualEventLoops();
        Vertx vertx = EventLoopGroups.start(eventLoops, configured.server().transport());
        closing.add("event loops", vertx::close);
        // No bot's body is read or written on these loops, so that none delays a commit, a heartbeat or an operator.
        Vertx recorder = EventLoopGroups.startOne(configured.server().transport());
        closing.add("trail's event loop", recorder::close);
        Vertx operators = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        closing.add("operators' event loop", operators::close);
        Schema schema = Schema.connector();
        UnmatchedPointers.warn(recording, configured.audit().redact(), schema);
        DatabaseAddress database = Blocking.await(Future.fromCompletionStage(opening), DATABASE_START_LIMIT)
                .address();

        ExchangeIds ids = new ExchangeIds(run, clock);
        Trail trail = Trail.start(recorder, database, configured.audit(), ids, clock, registry);
        closing.add("trail", trail::close);
        Integer retention = configured.audit().retention();
        if (retention != null) {
            new Retention(operators, database, clock, retention, registry)
                    .start(LocalReaderIdentity.gateway(configured.audit().gateway()));
        }

        Optional<URI> sandbox = withSandbox ? Optional.of(sandbox(sandboxed, vertx)) : Optional.empty();
        UpstreamSettings upstream = sandbox.map(url -> SandboxUpstream.of(configured.upstream(), url))
                .orElse(configured.upstream());
        int port = data.portOrFree();
        FleetConnection fleet = fleet();
        RateLimits limits = rateLimits(fleet, vertx);
        MemberCache cache = memberCache(fleet);
        if (fleet != null) {
            Blocking.await(fleet.start(), REDIS_START_LIMIT);
        }
        Identity identity = Identity.start(vertx, configured.identity(), clock, registry, closing);

        LoopWatch watch = new LoopWatch(operators);
        watch.add("event loop", vertx);
        watch.addAcceptor("the accepting event loop", vertx);
        watch.add("the trail's event loop", recorder);
        ListenerProbe probe = new ListenerProbe(operators, ListenAddress.url(data.host(), port));
        Metrics.addJvm(registry);
        HealthRoutes health = new HealthRoutes(
                Map.of("event loops", () -> watch.blockedFor(MAX_LIVE_BLOCKING)),
                checks(trail, watch, probe, identity),
                Map.of("audit", () -> note(trail, recording), "identity", identity::note));
        AdminServer admin = admin(upstream, operators, database, health, limits, cache);
        int adminPort = Blocking.await(operator.explaining(admin.start()), START_LIMIT);
        closing.add("operator's listener", admin::stop);

        URI address = ListenAddress.publicUrl(configured.server(), port);
        SharedServices services = new SharedServices(
                configured,
                upstream,
                port,
                address,
                Trust.of("upstream.trusted-certificates", upstream.trustedCertificates()),
                identity,
                trail.writer(),
                ids,
                recording,
                cache,
                limits,
                new RetryBudgets(upstream.retry(), System::nanoTime),
                new MemoryBudget(bodyMemoryBytes(), registry),
                ConnectionLimits.of(configured.server(), registry),
                schema,
                clock,
                registry);
        String deployment = Blocking.await(
                data.explaining(vertx.deployVerticle(
                        () -> new GatewayInstance(services), new DeploymentOptions().setInstances(eventLoops))),
                START_LIMIT);
        watch.start();
        probe.start();
        closing.add("data listener", () -> {
            stopping.set(true);
            return probe.stop().compose(ended -> vertx.undeploy(deployment));
        });
        return new Gateway(
                closing, address, ListenAddress.url(configured.admin().host(), adminPort), sandbox);
    }

    private static void closeOnceOpen(CompletableFuture<TrailDatabase> opening) {
        TrailDatabase opened = opening.<@Nullable TrailDatabase>handle((database, failure) -> database)
                .join();
        if (opened != null) {
            opened.close();
        }
    }

    private URI sandbox(ListenAddress address, Vertx vertx) throws Exception {
        Sandbox sandbox = Blocking.await(address.explaining(Sandbox.start(vertx, configured.sandbox())), START_LIMIT);
        closing.add("sandbox", sandbox::close);
        return sandbox.url();
    }

    /** The connection to Redis, on an event loop of its own: no bot's body delays a heartbeat. Null for a single gateway. */
    private @Nullable FleetConnection fleet() {
        RedisSettings redis = configured.redis();
        if (redis.url() == null) {
            return null;
        }
        Vertx loop = EventLoopGroups.startOne(configured.server().transport());
        closing.add("Redis connection's event loop", loop::close);
        FleetConnection fleet = new FleetConnection(
                loop,
                redis,
                Trust.of("redis.trusted-certificates", redis.trustedCertificates()),
                run.runId().toString(),
                registry);
        closing.add("Redis connection", fleet::close);
        return fleet;
    }

    private RateLimits rateLimits(@Nullable FleetConnection fleet, Vertx vertx) {
        RateLimitSettings settings = configured.ratelimit();
        LimitStore store = settings.countsInRedis() && fleet != null
                ? new RedisStore(fleet, settings, run.runId().toString(), Ticker.system(), registry)
                : new MemoryStore(Ticker.system(), settings.throttled(), settings.maximumScopes());
        return new RateLimits(settings, store, Timers.of(vertx), clock, registry);
    }

    private MemberCache memberCache(@Nullable FleetConnection fleet) {
        InvalidationBus bus = fleet == null
                ? InvalidationBus.alone()
                : new RedisInvalidationBus(fleet, run.runId().toString(), registry);
        return new MemberCache(configured.cache(), bus, System::nanoTime, clock, registry);
    }

    private Map<String, Supplier<Optional<String>>> checks(
            Trail trail, LoopWatch watch, ListenerProbe probe, Identity identity) {
        Map<String, Supplier<Optional<String>>> checks = new LinkedHashMap<>();
        checks.put("gateway", () -> stopping.get() ? Optional.of("stopping") : Optional.empty());
        checks.put("audit", trail.writer()::problem);
        checks.put("heartbeat", trail::heartbeatProblem);
        checks.put("event loops", () -> watch.blockedFor(MAX_READY_BLOCKING));
        checks.put("listener", probe::problem);
        checks.put(
                "durability",
                () -> configured.audit().allowUnsafeDurability() ? Optional.empty() : trail.durabilityProblem());
        checks.putAll(identity.checks());
        return checks;
    }

    private AdminServer admin(
            UpstreamSettings upstream,
            Vertx operators,
            DatabaseAddress database,
            HealthRoutes health,
            RateLimits limits,
            MemberCache cache) {
        PostgresReader reader = new PostgresReader(operators, database);
        closing.add("trail's readers", reader::close);
        PostgresAccessLog accesses = new PostgresAccessLog(operators, database);
        closing.add("records of access", accesses::close);
        return new AdminServer(
                operators,
                configured.admin(),
                new Authentication(operators, configured.admin(), accesses, clock, System::nanoTime, registry),
                List.of(
                        AdminRoutes.index(),
                        health,
                        AdminRoutes.metrics(registry),
                        new AuditRoutes(
                                new AccessRecordingReader(reader, accesses, clock),
                                configured.audit().botNames()),
                        new HoldRoutes(new AccessRecordingHolds(
                                new PostgresHoldStore(operators, database, clock), accesses, clock)),
                        new RateLimitRoutes(limits),
                        new CacheRoutes(cache, upstream.connectors().keySet())),
                registry);
    }

    /** By default a quarter of the heap, but always enough for the largest body. */
    private long bodyMemoryBytes() {
        Long set = configured.server().bodyMemoryBytes();
        return set != null
                ? set
                : Math.max(
                        Runtime.getRuntime().maxMemory() / 4,
                        configured.normalize().maximumBodyBytesOfAll());
    }

    private static Optional<String> note(Trail trail, Recording recording) {
        List<String> unrecorded = recording.unrecorded();
        Stream<String> byChoice =
                unrecorded.isEmpty() ? Stream.empty() : Stream.of("not recorded: " + String.join(", ", unrecorded));
        return Stream.concat(trail.note().stream(), byChoice).reduce((first, second) -> first + "; " + second);
    }
}
