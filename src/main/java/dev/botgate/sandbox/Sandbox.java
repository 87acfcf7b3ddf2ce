package dev.botgate.sandbox;

import dev.botgate.operation.Operation;
import dev.botgate.sandbox.FaultPlan.Planned;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/**
 * A simulated connector: the twelve operations and what SDKs call beside them, over conversations in memory.
 *
 * <p>Runs on one event loop of its own; every method here is safe on any thread. Accepts any path prefix before {@code
 * /v3}, any conversation id, and any token. What it stores is bounded by {@link Limits}. Under {@code /} and {@code
 * /sandbox} it shows what it received, with credentials: it belongs on the loopback interface.
 */
public final class Sandbox {
    /**
     * How much a sandbox stores; beyond it the oldest goes.
     *
     * @param conversations how many conversations
     * @param activities how many activities of one conversation
     * @param conversationBytes of all activities and members together
     * @param attachmentBytes of all attachments together
     * @param requests how many requests the log has
     * @param requestBytes of all bodies in the log together
     * @param bodyBytes the maximum size of a body; a larger one is answered 413
     */
    record Limits(
            int conversations,
            int activities,
            long conversationBytes,
            long attachmentBytes,
            int requests,
            long requestBytes,
            int bodyBytes) {
        private static final int MEBIBYTE = 1024 * 1024;

        static final Limits DEFAULT =
                new Limits(1_000, 1_000, 32 * MEBIBYTE, 64 * MEBIBYTE, 10_000, 32 * MEBIBYTE, 32 * MEBIBYTE);
    }

    private final Vertx vertx;
    private final SandboxSettings settings;
    private final RequestLog requests;
    private final FaultPlan faults = new FaultPlan();
    private final SandboxServer listener;
    private String deployment = "";

    private Sandbox(Vertx vertx, SandboxSettings settings, Limits limits) {
        this.vertx = vertx;
        this.settings = settings;
        this.requests = new RequestLog(limits.requests(), limits.requestBytes());
        this.listener = new SandboxServer(settings, limits, InstantSource.system(), requests, faults);
    }

    /**
     * Starts a sandbox.
     *
     * @return the sandbox, listening; fails when the port cannot be bound
     */
    public static Future<Sandbox> start(Vertx vertx, SandboxSettings settings) {
        return start(vertx, settings, Limits.DEFAULT);
    }

    static Future<Sandbox> start(Vertx vertx, SandboxSettings settings, Limits limits) {
        Sandbox sandbox = new Sandbox(vertx, settings, limits);
        return vertx.deployVerticle(sandbox.listener).map(deployed -> {
            sandbox.deployment = deployed;
            return sandbox;
        });
    }

    /** Where it listens, without a last slash. */
    public URI url() {
        String host = settings.host().equals("0.0.0.0") ? "127.0.0.1" : settings.host();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + listener.port());
    }

    /** Closes the port and every connection. */
    public Future<Void> close() {
        return vertx.undeploy(deployment);
    }

    /** The last requests to the connector, in the order of arrival, with those still under way. */
    public List<ReceivedRequest> received() {
        return requests.all();
    }

    /** Completes when {@code count} requests have arrived since the start, or since {@link #clearReceived}. */
    public Future<Void> arrivals(long count) {
        return requests.arrivals(count);
    }

    /** Empties the log of requests. */
    public void clearReceived() {
        requests.clear();
    }

    /** Applies these faults to the next requests, one each. */
    public void next(SimulatedFault... toApply) {
        faults.add(
                Arrays.stream(toApply).map(fault -> new Planned(null, 1, fault)).toList());
    }

    /** Applies these faults to the next requests of one operation, one each. */
    public void next(Operation operation, SimulatedFault... toApply) {
        faults.add(Arrays.stream(toApply)
                .map(fault -> new Planned(operation, 1, fault))
                .toList());
    }

    /** Applies this fault to each of the next {@code times} requests. */
    public void next(int times, SimulatedFault fault) {
        faults.add(List.of(new Planned(null, times, fault)));
    }

    /** Removes the faults that have not been applied. */
    public void clearFaults() {
        faults.clear();
    }

    /** Creates the conversation {@code id} with {@code members} invented members and no activities. */
    public Future<Void> conversation(String id, int members) {
        return listener.conversation(id, members);
    }
}
