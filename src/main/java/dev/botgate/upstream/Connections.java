package dev.botgate.upstream;

import dev.botgate.exchange.Deadlines;
import dev.botgate.upstream.Connectors.Connector;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The open connections of one event loop to one address. Connectors with the same address share them.
 *
 * <p>Requests outside the twelve operations stream their bodies, as slowly as their clients like, so they may use at
 * most half of the connections. The operations hold their bodies in memory while they have no connection. Used on its
 * event loop.
 */
final class Connections {
    private final int maximum;
    private final int maximumPassThrough;
    private final int maximumWaiting;
    private final Deadlines waitTimeout;
    private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();
    private final Set<Promise<PassThroughSlot>> waiting = new LinkedHashSet<>();
    private int inUse;
    private int released;
    private boolean handingOver;

    private Connections(UpstreamSettings settings, Deadlines waitTimeout) {
        this.maximum = settings.maximumConnections();
        this.maximumPassThrough = Math.max(1, maximum / 2);
        this.maximumWaiting = settings.maximumWaiting();
        this.waitTimeout = waitTimeout;
    }

    /**
     * The connections to each connector, by its name.
     *
     * @param waitTimeout bounds the wait for a slot
     */
    static Map<String, Connections> of(UpstreamSettings settings, Connectors connectors, Deadlines waitTimeout) {
        Map<Address, Connections> all = new HashMap<>();
        return settings.connectors().keySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        name -> name,
                        name -> all.computeIfAbsent(
                                Address.of(connectors.named(name)),
                                address -> new Connections(settings, waitTimeout))));
    }

    /** The key by which the client library pools connections. */
    private record Address(String host, int port, boolean tls) {
        static Address of(Connector connector) {
            return new Address(connector.host(), connector.port(), connector.tls());
        }
    }

    /** Counts {@code connection} until it is closed. */
    void track(HttpConnection connection) {
        if (open.add(connection)) {
            connection.closeHandler(ignored -> open.remove(connection));
        }
    }

    /** Whether no further connection may be opened: a request then waits for other requests, not for the connector. */
    boolean atMaximum() {
        return open.size() >= maximum;
    }

    /** @return a slot for a pass-through request; fails with UPSTREAM_BUSY when none becomes free in time */
    Future<PassThroughSlot> acquire(String connector) {
        if (inUse < maximumPassThrough) {
            inUse++;
            return Future.succeededFuture(new PassThroughSlot());
        }
        if (waiting.size() >= maximumWaiting) {
            return Future.failedFuture(UpstreamFailures.tooManyWaiting(connector, null));
        }
        Promise<PassThroughSlot> slot = Promise.promise();
        waiting.add(slot);
        Deadlines.Deadline deadline = waitTimeout.set(() -> {
            waiting.remove(slot);
            slot.tryFail(UpstreamFailures.noConnectionInTime(connector));
        });
        return slot.future().onComplete(held -> deadline.cancel());
    }

    /**
     * Gives released slots to waiting requests. A receiver may release its slot at once: this loop hands it on, without
     * recursion.
     */
    private void handOver() {
        if (handingOver) {
            return;
        }
        handingOver = true;
        try {
            while (released > 0) {
                released--;
                Iterator<Promise<PassThroughSlot>> first = waiting.iterator();
                if (first.hasNext()) {
                    Promise<PassThroughSlot> next = first.next();
                    first.remove();
                    next.complete(new PassThroughSlot());
                } else {
                    inUse--;
                }
            }
        } finally {
            handingOver = false;
        }
    }

    /** The right of one pass-through request to a connection, from before it asks for one until its reply has ended. */
    final class PassThroughSlot {
        private boolean held = true;

        private PassThroughSlot() {}

        /** Frees the slot for the request that has waited longest; does nothing the second time. */
        void release() {
            if (held) {
                held = false;
                released++;
                handOver();
            }
        }
    }
}
