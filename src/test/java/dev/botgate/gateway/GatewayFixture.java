package dev.botgate.gateway;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.EntryQuery.Subject;
import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.PostgresReader;
import dev.botgate.config.ConfigurationReader;
import dev.botgate.sandbox.Sandbox;
import dev.botgate.sandbox.SandboxSettings;
import dev.botgate.testing.Ports;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A whole gateway in this process, wired as {@code run} wires it, between sockets: a sandbox and other connectors behind
 * it, a real PostgreSQL beside it, and a reader of its trail.
 */
public final class GatewayFixture implements AutoCloseable {
    private static final Path LOOPBACK_ONLY = Path.of("src/test/resources/dev/botgate/gateway/loopback.yaml");

    private final URI address;
    private final Vertx vertx;
    private final Sandbox sandbox;
    private final Gateway gateway;
    private final PostgresReader reader;

    private GatewayFixture(URI address, Vertx vertx, Sandbox sandbox, Gateway gateway, PostgresReader reader) {
        this.address = address;
        this.vertx = vertx;
        this.sandbox = sandbox;
        this.gateway = gateway;
        this.reader = reader;
    }

    /** A gateway to be, whose trail is in {@code database}; its connector is the sandbox, as long as no other is named. */
    public static Plan on(TestDatabase database) {
        return new Plan(database);
    }

    /** The settings of a gateway to be. */
    public static final class Plan {
        private final TestDatabase database;
        private final int port;
        private final Map<String, String> environment = new HashMap<>();

        private Plan(TestDatabase database) {
            this.database = database;
            this.port = Ports.free();
            set("SERVER_PORT", Integer.toString(port));
            set("ADMIN_PORT", "0");
            set("UPSTREAM_DEFAULT_CONNECTOR", "sandbox");
            set("DATABASE_URL", database.url().toString());
            // The tests' PostgreSQL is fast, not safe.
            set("AUDIT_ALLOW_UNSAFE_DURABILITY", "true");
        }

        /** Adds a connector, which becomes the default one. */
        @CanIgnoreReturnValue
        public Plan connector(String name, URI url) {
            return set("UPSTREAM_DEFAULT_CONNECTOR", name).named(name, url);
        }

        /** Adds a connector. */
        @CanIgnoreReturnValue
        public Plan named(String name, URI url) {
            return set("UPSTREAM_CONNECTORS_" + name.toUpperCase(Locale.ROOT) + "_URL", url.toString());
        }

        /** Sets what the variable {@code BOTGATE_name} would set. */
        @CanIgnoreReturnValue
        public Plan set(String name, String value) {
            environment.put("BOTGATE_" + name, value);
            return this;
        }

        public GatewayFixture start() {
            Vertx vertx = TestVertx.create();
            try {
                return start(vertx);
            } catch (Exception e) {
                TestVertx.close(vertx);
                throw new IllegalStateException(e);
            }
        }

        private GatewayFixture start(Vertx vertx) throws Exception {
            Sandbox sandbox = await(Sandbox.start(vertx, new SandboxSettings("127.0.0.1", 0)));
            set("UPSTREAM_CONNECTORS_SANDBOX_URL", sandbox.url().toString());
            Gateway gateway = Gateway.start(
                    new ConfigurationReader(environment, Path.of(""))
                            .read(LOOPBACK_ONLY)
                            .configuration(),
                    false,
                    new CloseStack());
            return new GatewayFixture(
                    URI.create("http://127.0.0.1:" + port),
                    vertx,
                    sandbox,
                    gateway,
                    new PostgresReader(vertx, new DatabaseAddress(database.url(), database.settings())));
        }
    }

    /** Where it listens, whatever its public address is; without a last slash. */
    public URI address() {
        return address;
    }

    public URI adminAddress() {
        return gateway.adminAddress();
    }

    /** The connector called {@code sandbox}. */
    public Sandbox sandbox() {
        return sandbox;
    }

    /** Event loops that are not the gateway's. */
    public Vertx vertx() {
        return vertx;
    }

    /** Sends {@code request}, byte for byte, on a connection of its own. */
    public Raw.Reply ask(String request) {
        return Raw.exchange(address(), request);
    }

    /** What the operator's listener answers to a GET. */
    public Raw.Reply operator(String target) {
        return Raw.exchange(
                adminAddress(),
                Raw.request("GET " + target + " HTTP/1.1", List.of("Host: localhost", "Connection: close"), ""));
    }

    /** The entries of one request, with bodies, as they are now. */
    public List<AuditEntry> entries(String requestId) {
        EntryQuery query =
                new EntryQuery(null, null, Map.of(Subject.REQUEST_ID, requestId), null, true, false, 100, null);
        return await(reader.search(query)).entries();
    }

    /** The one entry of a request, once its outcome is recorded too. */
    public AuditEntry closedEntry(String requestId) {
        until(() -> entries(requestId).stream().anyMatch(entry -> entry.status() != OutcomeStatus.OPEN));
        List<AuditEntry> entries = entries(requestId);
        if (entries.size() != 1) {
            throw new AssertionError(entries.size() + " entries of request " + requestId);
        }
        return entries.get(0);
    }

    /** The value of the metric whose line begins with {@code name}; the sum of all lines that do. */
    public double metric(String name) {
        return operator("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Stops as SIGTERM does. */
    public void stopGateway() {
        gateway.close();
    }

    @Override
    public void close() {
        stopGateway();
        await(reader.close());
        await(sandbox.close());
        TestVertx.close(vertx);
    }
}
