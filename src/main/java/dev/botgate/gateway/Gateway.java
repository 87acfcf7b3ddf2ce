package dev.botgate.gateway;

import dev.botgate.admin.AdminRoutes;
import dev.botgate.admin.AdminServer;
import dev.botgate.admin.AuditRoutes;
import dev.botgate.admin.Authentication;
import dev.botgate.admin.CacheRoutes;
import dev.botgate.admin.HealthRoutes;
import dev.botgate.admin.HoldRoutes;
import dev.botgate.admin.RateLimitRoutes;
import dev.botgate.audit.AuditSettings;
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
import dev.botgate.cache.MemberCache;
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
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.TrustOptions;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A whole gateway, from the database to the listeners; started and stopped from a thread that may block. */
public final class Gateway implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration REDIS_START_LIMIT = Duration.ofSeconds(30);

    /** How long an event loop may be busy before the gateway is not ready, and before only a restart helps. */
    private static final Duration LOOP_PATIENCE = Duration.ofSeconds(2);

    private static final Duration LOOP_DEAD = Duration.ofSeconds(30);

    private final CloseStack closing;
    private final URI address;
    private final URI adminAddress;
    private final Optional<URI> sandboxAddress;

    private Gateway(CloseStack closing, URI address, URI adminAddress, Optional<URI> sandboxAddress) {
        this.closing = closing;
        this.address = address;
        this.adminAddress = adminAddress;
        this.sandboxAddress = sandboxAddress;
    }

    /**
     * Starts everything, or nothing: what was started before a failure is stopped again.
     *
     * @param withSandbox whether a simulated connector is started too, which then answers for every connector
     * @param closing takes what is started; closing it meanwhile waits for the start's end
     */
    public static Gateway start(Configuration configuration, boolean withSandbox, CloseStack closing) throws Exception {
        synchronized (closing) {
            try {
                return started(configuration, withSandbox, closing);
            } catch (Exception | Error e) {
                closing.close();
                throw e;
            }
        }
    }

    private static Gateway started(Configuration asked, boolean withSandbox, CloseStack closing) throws Exception {
        ListenAddress data = new ListenAddress(
                "server", asked.server().host(), asked.server().port());
        ListenAddress operator =
                new ListenAddress("admin", asked.admin().host(), asked.admin().port());
        ListenAddress.check(withSandbox ? List.of(data, operator, sandboxAddress(asked)) : List.of(data, operator));
        Recording recording = RedactionKeyRing.recording(asked.audit());
        int eventLoops = asked.server().actualEventLoops();
        // What takes long goes on side by side: the embedded database, the event loops' classes, the trail's
        // connections.
        StartupTask<TrailDatabase> opening = StartupTask.start("database", () -> TrailDatabase.open(asked.database()));
        closing.atLast("database", () -> opening.ended().ifPresent(TrailDatabase::close));
        StartupTask<Vertx> looping = StartupTask.start(
                "event loops",
                () -> EventLoopGroups.start(eventLoops, asked.server().transport()));
        closing.before("event loops", () -> looping.ended().map(Vertx::close).orElseGet(Future::succeededFuture));
        PrometheusMeterRegistry registry = Metrics.registry();
        Clock clock = Clock.systemUTC();
        GatewayRun gateway = GatewayRun.starting(name(asked.audit()));
        ExchangeIds ids = new ExchangeIds(gateway, clock);
        Vertx vertx = looping.await();
        // No bot's body is read or written there, so none delays a commit or a heartbeat.
        Vertx recorder = EventLoopGroups.another(asked.server().transport());
        closing.before("trail's event loop", recorder::close);
        DatabaseAddress database = opening.await().address();
        Preparation preparation = new Preparation(recorder, database, clock);
        StartupTask<Trail> recordable = StartupTask.start(
                "trail",
                () -> new Trail.Parts(recorder, database, preparation, asked.audit(), ids, clock, registry).start());
        closing.before("trail", () -> recordable.ended().map(Trail::close).orElseGet(Future::succeededFuture));

        // A loop of their own, so that reading the trail takes none from the bots.
        Vertx operators = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        closing.before("operators' event loop", operators::close);
        PostgresReader reader = new PostgresReader(operators, database);
        closing.before("trail's readers", reader::close);
        PostgresAccessLog accesses = new PostgresAccessLog(operators, database);
        closing.before("records of access", accesses::close);
        Metrics.addJvm(registry);
        Schema schema = Schema.connector();
        RecordingWarnings.log(recording, asked.audit().redact(), schema);

        Optional<URI> sandbox = withSandbox ? Optional.of(sandbox(asked, vertx, closing)) : Optional.empty();
        Configuration configuration = ResolvedConfiguration.of(asked, sandbox);
        URI address =
                PublicAddress.of(configuration.server(), configuration.server().port());

        FleetConnection fleet = fleet(configuration, gateway, registry, closing);
        RateLimitSettings limitSettings = configuration.ratelimit();
        LimitStore store = limitSettings.countsInRedis() && fleet != null
                ? new RedisStore(fleet, limitSettings, gateway.boot().toString(), Ticker.system(), registry)
                : new MemoryStore(Ticker.system(), limitSettings.throttled(), limitSettings.maximumScopes());
        MemberCache cache = MemberLists.of(configuration.cache(), fleet, gateway, clock, registry);
        if (fleet != null) {
            Blocking.await(fleet.start(), REDIS_START_LIMIT);
        }
        RateLimits limits = new RateLimits(limitSettings, store, Timers.of(vertx), clock, registry);
        Identity identity = Identity.start(vertx, configuration.identity(), clock, registry, closing);
        Trail trail = recordable.await();
        Integer retention = asked.audit().retention();
        if (retention != null) {
            new Retention(operators, database, clock, retention, registry)
                    .start(LocalReaderIdentity.gateway(asked.audit().gateway()));
        }
        AtomicBoolean stopping = new AtomicBoolean();
        LoopWatch watch = new LoopWatch(operators);
        watch.add("event loop", vertx);
        watch.addAcceptor("the accepting event loop", vertx);
        watch.add("the trail's event loop", recorder);
        ListenerProbe probe = new ListenerProbe(
                operators,
                PublicAddress.http(
                        configuration.server().host(), configuration.server().port()));
        Map<String, Supplier<Optional<String>>> checks = new LinkedHashMap<>();
        checks.put("gateway", () -> stopping.get() ? Optional.of("stopping") : Optional.empty());
        checks.put("audit", trail.trail()::problem);
        checks.put("heartbeat", trail::heartbeatProblem);
        checks.put("event loops", () -> watch.notTurnedFor(LOOP_PATIENCE));
        checks.put("listener", probe::problem);
        checks.put(
                "durability", () -> asked.audit().allowUnsafeDurability() ? Optional.empty() : preparation.problem());
        checks.putAll(identity.checks());
        AdminServer admin = new AdminServer(
                operators,
                configuration.admin(),
                new Authentication(operators, configuration.admin(), accesses, clock, System::nanoTime, registry),
                List.of(
                        AdminRoutes.index(),
                        new HealthRoutes(
                                Map.of("event loops", () -> watch.notTurnedFor(LOOP_DEAD)),
                                checks,
                                Map.of("audit", () -> note(trail, recording), "identity", identity::note)),
                        AdminRoutes.metrics(registry),
                        new AuditRoutes(
                                new AccessRecordingReader(reader, accesses, clock),
                                configuration.audit().botNames()),
                        new HoldRoutes(new AccessRecordingHolds(
                                new PostgresHoldStore(operators, database, clock), accesses, clock)),
                        new RateLimitRoutes(limits),
                        new CacheRoutes(
                                cache, configuration.upstream().connectors().keySet())),
                registry);
        int adminPort = Blocking.await(operator.explaining(admin.start()), START_LIMIT);
        closing.before("operator's listener", admin::stop);

        SharedServices concerns = new SharedServices(
                configuration,
                address,
                Trust.of(
                        "upstream.trusted-certificates",
                        configuration.upstream().trustedCertificates()),
                identity,
                trail.trail(),
                ids,
                recording,
                cache,
                limits,
                new RetryBudgets(configuration.upstream().retry(), System::nanoTime),
                new MemoryBudget(maximumHeldBytes(configuration), registry),
                ConnectionLimits.of(configuration.server(), registry),
                schema,
                clock,
                registry);
        String deployment = Blocking.await(
                data.explaining(vertx.deployVerticle(
                        () -> new GatewayInstance(concerns), new DeploymentOptions().setInstances(eventLoops))),
                START_LIMIT);
        watch.start();
        probe.start();
        closing.before("data listener", () -> {
            stopping.set(true);
            return probe.stop().compose(ended -> vertx.undeploy(deployment));
        });
        return new Gateway(
                closing, address, PublicAddress.http(configuration.admin().host(), adminPort), sandbox);
    }

    /** By default a quarter of the heap, but always what the largest body takes. */
    private static long maximumHeldBytes(Configuration configuration) {
        Long asked = configuration.server().maximumHeldBytes();
        return asked != null
                ? asked
                : Math.max(
                        Runtime.getRuntime().maxMemory() / 4,
                        configuration.normalize().maximumBodyBytesOfAll());
    }

    /** The connection to Redis, on an event loop of its own: no bot's body delays a heartbeat. Null for a single gateway. */
    private static @Nullable FleetConnection fleet(
            Configuration configuration, GatewayRun gateway, MeterRegistry registry, CloseStack closing) {
        RedisSettings redis = configuration.redis();
        if (redis.url() == null) {
            return null;
        }
        TrustOptions trust = Trust.of("redis.trusted-certificates", redis.trustedCertificates());
        Vertx loop = EventLoopGroups.another(configuration.server().transport());
        closing.before("Redis connection's event loop", loop::close);
        FleetConnection fleet =
                new FleetConnection(loop, redis, trust, gateway.boot().toString(), registry);
        closing.before("Redis connection", fleet::close);
        return fleet;
    }

    private static URI sandbox(Configuration configuration, Vertx vertx, CloseStack closing) throws Exception {
        Sandbox sandbox = Blocking.await(
                sandboxAddress(configuration).explaining(Sandbox.start(vertx, configuration.sandbox())), START_LIMIT);
        closing.before("sandbox", sandbox::close);
        return sandbox.url();
    }

    private static ListenAddress sandboxAddress(Configuration configuration) {
        return new ListenAddress(
                "sandbox",
                configuration.sandbox().host(),
                configuration.sandbox().port());
    }

    private static String name(AuditSettings audit) {
        if (audit.gateway() != null) {
            return audit.gateway();
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static Optional<String> note(Trail trail, Recording recording) {
        List<String> unrecorded = recording.unrecorded();
        Stream<String> byChoice =
                unrecorded.isEmpty() ? Stream.empty() : Stream.of("not recorded: " + String.join(", ", unrecorded));
        return Stream.concat(trail.note().stream(), byChoice).reduce((first, second) -> first + "; " + second);
    }

    /** Where bots reach it. */
    public URI address() {
        return address;
    }

    /** Where the operator reaches it. */
    public URI adminAddress() {
        return adminAddress;
    }

    /** Where the simulated connector is, if it was asked for. */
    public Optional<URI> sandboxAddress() {
        return sandboxAddress;
    }

    /** Stops accepting, finishes what runs up to the configured deadline, flushes the trail, and stops the rest. */
    @Override
    public void close() {
        closing.close();
    }
}
