package dev.botgate.bench;

import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.Migrations;
import dev.botgate.bench.ProbeAgent.JvmProbe;
import dev.botgate.ratelimit.redis.TestRedis;
import dev.botgate.testing.Ports;
import dev.botgate.testing.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that runs beside the load generator. What was started once goes on, idle while others are measured: upstream
 * and databases to the end, what is measured until it is renewed.
 */
final class Stage implements AutoCloseable {
    private final Jdk jdk;
    private final Path jar;
    private final Path directory;
    private final boolean profile;
    private final Processors processors;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final Deque<Target> targets = new ArrayDeque<>();
    private final Map<Variant, Target> gateways = new EnumMap<>(Variant.class);
    private final Map<Rival, Target> rivals = new EnumMap<>(Rival.class);
    private @Nullable Database database;
    private @Nullable TestRedis redis;
    private @Nullable Program upstream;
    private @Nullable Target yardstick;
    private @Nullable Path agent;
    private Path part;

    /**
     * @param jar the packaged gateway
     * @param directory for configurations, logs and the databases' files; must not hold anything
     * @param profile whether the gateways record where their time goes, in {@code gateway.jfr}
     */
    Stage(Jdk jdk, Path jar, Path directory, boolean profile, Processors processors) {
        this.jdk = jdk;
        this.jar = jar.toAbsolutePath();
        this.directory = directory.toAbsolutePath();
        this.profile = profile;
        this.processors = processors;
        this.part = this.directory;
    }

    /** Ends what is measured: what is asked for next is started anew, its files in a directory called {@code name}. */
    void renew(String name) {
        end(targets);
        yardstick = null;
        gateways.clear();
        rivals.clear();
        part = directory.resolve(name);
    }

    /** The bare pass-through, untuned. */
    Target yardstick() throws IOException, InterruptedException {
        if (yardstick == null) {
            int port = Ports.free();
            // The collector that Java takes by itself where there are two processors and 2 GB.
            List<String> command = ours(List.of("-XX:+UseG1GC"), BarePassThrough.class, port, upstream());
            yardstick = java("bare pass-through", "bare", port, command, part);
        }
        return yardstick;
    }

    Target gateway(Variant variant) throws IOException, InterruptedException {
        Target running = gateways.get(variant);
        if (running != null) {
            return running;
        }
        Database own = variant == Variant.JOURNALING ? Database.start(part.resolve("postgres-away")) : database();
        Path home = Files.createDirectories(part.resolve(variant.id()));
        try {
            Target gateway = gateway(variant, own, upstream(), home);
            gateways.put(variant, gateway);
            return gateway;
        } finally {
            if (variant == Variant.JOURNALING) {
                own.close();
            }
        }
    }

    /** Another one, as shipped, before an upstream of the caller's. */
    Target gatewayBefore(int ownUpstream, Path home) throws IOException, InterruptedException {
        return gateway(Variant.SHIPPED, database(), ownUpstream, Files.createDirectories(home));
    }

    private Target gateway(Variant variant, Database own, int to, Path home) throws IOException, InterruptedException {
        int port = Ports.free();
        Path settings = Files.writeString(home.resolve("botgate.yaml"), settings(variant, port, own, to, home));
        // As the Docker image runs it.
        List<String> command = jdk.command("-XX:+UseSerialGC", "-XX:MaxRAMPercentage=50", "-jar", jar.toString());
        command.addAll(List.of("run", "--config", settings.toString()));
        if (profile) {
            command.addAll(1, jdk.recording(home.resolve("gateway.jfr")));
        }
        return java(variant.title(), variant.id(), port, command, home);
    }

    /** Empty where it is not installed. */
    Optional<Target> rival(Rival rival) throws IOException, InterruptedException {
        Optional<Path> executable = rival.executable();
        if (executable.isPresent() && !rivals.containsKey(rival)) {
            int port = Ports.free();
            Path home = part.resolve(rival.title().replace(' ', '-'));
            List<String> command = rival.command(executable.get(), home, port, upstream());
            rivals.put(rival, measured(new Target(rival.title(), started("log", port, home, command), null)));
        }
        return Optional.ofNullable(rivals.get(rival));
    }

    /** What was recorded in PostgreSQL to its end. */
    long outcomes() {
        return database == null ? 0 : database.outcomes();
    }

    /** How much a gateway in journal mode has written to its journal. */
    long journalBytes() throws IOException {
        Path journal = part.resolve(Variant.JOURNALING.id()).resolve("journal");
        if (!Files.exists(journal)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(journal)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** PostgreSQL is as it would be after hours. */
    void settle() {
        if (database != null) {
            database.checkpoint();
        }
    }

    /** How many requests the upstream has answered. */
    long forwarded() throws IOException {
        if (upstream == null) {
            return 0;
        }
        URI count = URI.create("http://127.0.0.1:" + upstream.port() + FixedUpstream.COUNT);
        try (InputStream reply = count.toURL().openStream()) {
            return Long.parseLong(new String(reply.readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    private int upstream() throws IOException, InterruptedException {
        if (upstream == null) {
            int port = Ports.free();
            upstream = opened(Program.start(
                    "upstream",
                    port,
                    directory,
                    processors.onAll(ours(List.of(), FixedUpstream.class, port)),
                    processors::others));
        }
        return upstream.port();
    }

    private Database database() throws IOException {
        if (database == null) {
            database = opened(Database.start(directory.resolve("postgres")));
        }
        return database;
    }

    private TestRedis redis() {
        if (redis == null) {
            redis = opened(new TestRedis());
        }
        return redis;
    }

    private Target java(String title, String id, int port, List<String> command, Path home)
            throws IOException, InterruptedException {
        int probe = Ports.free();
        if (agent == null) {
            agent = ProbeAgent.jar(Files.createDirectories(directory).resolve("probe.jar"));
        }
        List<String> probed = new ArrayList<>(command);
        probed.add(1, "-javaagent:" + agent + "=" + probe);
        Program program = started(id, port, home, probed);
        try {
            return measured(new Target(title, program, JvmProbe.at(probe)));
        } catch (IOException e) {
            program.close();
            throw e;
        }
    }

    private Program started(String id, int port, Path home, List<String> command)
            throws IOException, InterruptedException {
        return Program.start(id, port, home, processors.onAll(command), processors::first);
    }

    private List<String> ours(List<String> options, Class<?> main, int... ports) {
        List<String> command = jdk.command(options.toArray(String[]::new));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (int port : ports) {
            command.add(Integer.toString(port));
        }
        return command;
    }

    private String settings(Variant variant, int port, Database own, int to, Path home) {
        List<String> lines = new ArrayList<>(List.of(
                "server: { port: " + port + ", event-loops: " + variant.eventLoops() + " }",
                "admin: { port: " + Ports.free() + " }",
                "upstream: { default-connector: bench, connectors: { bench: { url: \"http://127.0.0.1:" + to
                        + "\" } } }",
                "database: { url: \"" + own.url() + "\" }",
                "audit:",
                "  gateway: bench-" + variant.id(),
                "  levels: { all: " + (variant == Variant.UNRECORDED ? "none" : "body") + " }",
                "  on-outage: " + (variant == Variant.JOURNALING ? "journal" : "refuse"),
                "  journal: { directory: \"" + home.resolve("journal") + "\", maximum-bytes: 64GiB }"));
        if (variant == Variant.LIMITED_IN_REDIS) {
            // Nobody was there before whose admissions count. And a busy machine keeps Redis waiting for longer than a
            // gateway should, which then refuses for a second.
            lines.add("redis: { url: \"redis://127.0.0.1:" + redis().port() + "\", command-timeout: 5s }");
            return String.join("\n", lines) + "\n" + variant.settings() + "  outage-hold: 0s\n";
        }
        return String.join("\n", lines) + "\n" + variant.settings();
    }

    private <T extends AutoCloseable> T opened(T what) {
        started.push(what);
        return what;
    }

    private Target measured(Target target) {
        targets.push(target);
        return target;
    }

    /** Ends all of it, the last started first. */
    @Override
    public void close() {
        end(targets);
        end(started);
    }

    private static void end(Deque<? extends AutoCloseable> running) {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                System.err.println("Something did not end in good order: " + e);
            }
        }
    }

    /**
     * A PostgreSQL of its own whose commits are as durable as a gateway asks for, with the schema that a gateway finds from its
     * second start on: one whose JVM has migrated it is measurably slower until it ends.
     */
    static final class Database implements AutoCloseable {
        private static final List<String> DURABLE = List.of("fsync", "synchronous_commit", "full_page_writes");

        private final EmbeddedPostgres server;
        private final TestDatabase database;

        private Database(EmbeddedPostgres server, TestDatabase database) {
            this.server = server;
            this.database = database;
        }

        static Database start(Path directory) throws IOException {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(directory)
                    .setLocaleConfig("locale", "C.UTF-8")
                    .setServerConfig("max_wal_size", "4GB")
                    .setServerConfig("min_wal_size", "2GB");
            DURABLE.forEach(setting -> builder.setServerConfig(setting, "on"));
            EmbeddedPostgres server = builder.start();
            TestDatabase database = new TestDatabase(server.getPort(), "postgres");
            for (String setting : DURABLE) {
                String value = database.rows("SHOW " + setting).get(0);
                if (!value.equals("on")) {
                    server.close();
                    throw new IOException(setting + ": " + value + " (expected: on)");
                }
            }
            var unused = new Migrations(new DatabaseAddress(database.url(), database.settings())).migrate();
            return new Database(server, database);
        }

        /**
         * Leaves the files of the log that are no longer needed to be written again, as on a server that has run for long: one
         * that makes each file anew has all commits wait for that, some 20 ms for every 16 MiB.
         */
        void checkpoint() {
            database.execute("CHECKPOINT");
        }

        URI url() {
            return database.url();
        }

        /** How many mutations are recorded to their end. */
        long outcomes() {
            return database.number("SELECT count(*) FROM botgate.outcome");
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
