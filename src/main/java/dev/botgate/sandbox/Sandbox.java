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
 * <p>Runs on one event loop of its own; every method here is safe on any thread. Takes any path prefix before {@code /v3},
 * any conversation id, and any token. What it keeps is bounded, the oldest goes first: 1,000 conversations of up to 1,000
 * activities and 32 MiB in all, 64 MiB of attachments, the last 10,000 requests with 32 MiB of bodies. It answers about
 * itself under {@code /} and {@code /sandbox}, credentials that it received included: it belongs on the loopback interface.
 */
public final class Sandbox {
    private final Vertx vertx;
    private final SandboxSettings settings;
    private final RequestLog requests;
    private final FaultPlan faults = new FaultPlan();
    private final SandboxServer listener;
    private String deployment = "";

    private Sandbox(Vertx vertx, SandboxSettings settings, SandboxLimits bounds) {
        this.vertx = vertx;
        this.settings = settings;
        this.requests = new RequestLog(bounds.requests(), bounds.requestBytes());
        this.listener = new SandboxServer(settings, bounds, InstantSource.system(), requests, faults);
    }

    /**
     * Starts a sandbox.
     *
     * @return the sandbox, listening; fails when the port cannot be bound
     */
    public static Future<Sandbox> start(Vertx vertx, SandboxSettings settings) {
        return start(vertx, settings, SandboxLimits.USUAL);
    }

    static Future<Sandbox> start(Vertx vertx, SandboxSettings settings, SandboxLimits bounds) {
        Sandbox sandbox = new Sandbox(vertx, settings, bounds);
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

    /** The last requests to the connector, in the order of arrival, those still under way included. */
    public List<ReceivedRequest> received() {
        return requests.all();
    }

    /** Completes when {@code count} requests have arrived since the start, or since {@link #forgetReceived}. */
    public Future<Void> arrivals(long count) {
        return requests.arrivals(count);
    }

    /** Empties the log of requests. */
    public void forgetReceived() {
        requests.clear();
    }

    /** Plays these to the next requests, one each. */
    public void next(SimulatedFault... toPlay) {
        faults.add(
                Arrays.stream(toPlay).map(fault -> new Planned(null, 1, fault)).toList());
    }

    /** Plays these to the next requests of one operation, one each. */
    public void next(Operation operation, SimulatedFault... toPlay) {
        faults.add(Arrays.stream(toPlay)
                .map(fault -> new Planned(operation, 1, fault))
                .toList());
    }

    /** Plays this to each of the next {@code times} requests. */
    public void next(int times, SimulatedFault fault) {
        faults.add(List.of(new Planned(null, times, fault)));
    }

    /** Forgets the faults that have not been played. */
    public void forgetFaults() {
        faults.clear();
    }

    /** Makes {@code id} a conversation of {@code members} invented members and no activities. */
    public Future<Void> conversation(String id, int members) {
        return listener.conversation(id, members);
    }
}
