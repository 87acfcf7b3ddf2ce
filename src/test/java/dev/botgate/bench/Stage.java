package dev.botgate.bench;

import dev.botgate.ratelimit.redis.TestRedis;
import dev.botgate.testing.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Everything that runs beside the load generator. What was started once goes on, idle while others are measured. */
final class Stage implements AutoCloseable {
    private final Jdk jdk;
    private final Path jar;
    private final Path directory;
    private final boolean profile;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final Map<Variant, Target> gateways = new EnumMap<>(Variant.class);
    private final Map<Rival, Target> rivals = new EnumMap<>(Rival.class);
    private @Nullable Database database;
    private @Nullable TestRedis redis;
    private @Nullable Program upstream;
    private @Nullable Target yardstick;
    private @Nullable Path agent;

    /**
     * @param jar the packaged gateway
     * @param directory for configurations, logs and the databases' files; must not hold anything
     * @param profile whether the gateways record where their time goes, in {@code gateway.jfr}
     */
    Stage(Jdk jdk, Path jar, Path directory, boolean profile) {
        this.jdk = jdk;
        this.jar = jar.toAbsolutePath();
        this.directory = directory.toAbsolutePath();
        this.profile = profile;
    }

    /** The bare pass-through, untuned. */
    Target yardstick() throws IOException, InterruptedException {
        if (yardstick == null) {
            int port = Ports.free();
            yardstick =
                    java("bare pass-through", "bare", port, ours(BarePassThrough.class, port, upstream()), directory);
        }
        return yardstick;
    }

    Target gateway(Variant variant) throws IOException, InterruptedException {
        Target running = gateways.get(variant);
        if (running != null) {
            return running;
        }
        Database own = variant == Variant.JOURNALING ? Database.start(directory.resolve("postgres-away")) : database();
        Path home = Files.createDirectories(directory.resolve(variant.id()));
        Target gateway = gateway(variant, own, upstream(), home);
        gateways.put(variant, gateway);
        if (variant == Variant.JOURNALING) {
            own.close();
        }
        return gateway;
    }

    /** Another one, as shipped, before an upstream of the caller's. */
    Target gatewayBefore(int ownUpstream, Path home) throws IOException, InterruptedException {
        return gateway(Variant.SHIPPED, database(), ownUpstream, Files.createDirectories(home));
    }

    private Target gateway(Variant variant, Database own, int to, Path home) throws IOException, InterruptedException {
        int port = Ports.free();
        Path settings = Files.writeString(home.resolve("botgate.yaml"), settings(variant, port, own, to));
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
            Path home = directory.resolve(rival.title().replace(' ', '-'));
            List<String> command = rival.command(executable.get(), home, port, upstream());
            rivals.put(rival, opened(new Target(rival.title(), Program.start("log", port, home, command), null)));
        }
        return Optional.ofNullable(rivals.get(rival));
    }

    /** What was recorded in PostgreSQL to its end. */
    long outcomes() {
        return database == null ? 0 : database.outcomes();
    }

    private int upstream() throws IOException, InterruptedException {
        if (upstream == null) {
            int port = Ports.free();
            upstream = opened(Program.start("upstream", port, directory, ours(FixedUpstream.class, port)));
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
        Program program = Program.start(id, port, home, probed);
        return opened(new Target(title, program, JvmProbe.at(probe)));
    }

    private List<String> ours(Class<?> main, int... ports) {
        List<String> command = jdk.command("-cp", System.getProperty("java.class.path"), main.getName());
        for (int port : ports) {
            command.add(Integer.toString(port));
        }
        return command;
    }

    private String settings(Variant variant, int port, Database own, int to) throws IOException, InterruptedException {
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
                "  journal: { directory: \"" + directory.resolve(variant.id()).resolve("journal")
                        + "\", maximum-bytes: 64GiB }"));
        if (variant == Variant.LIMITED_IN_REDIS) {
            // Nobody was there before whose admissions count. And a busy machine keeps Redis waiting for longer than a
            // gateway should, which then refuses for a second.
            return String.join("\n", lines) + "\n" + variant.settings() + "  redis: { url: \"redis://127.0.0.1:"
                    + redis().port() + "\", hold: 0s, command-timeout: 5s }\n";
        }
        return String.join("\n", lines) + "\n" + variant.settings();
    }

    private <T extends AutoCloseable> T opened(T what) {
        started.push(what);
        return what;
    }

    /** Ends all of it, the last started first. */
    @Override
    public void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                System.err.println("Something did not end in good order: " + e);
            }
        }
    }
}
