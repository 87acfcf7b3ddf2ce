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
 * Who uses the connections of one event loop to one address; connectors that have the same one share them.
 *
 * <p>What is passed through takes half of them at most: its bodies come and go as slowly as its client likes, and what is
 * left is for the operations, whose bodies are held whole before and after they need a connection.
 */
final class Connections {
    private final int maximum;
    private final int maximumPassing;
    private final int maximumWaiting;
    private final Deadlines patience;
    private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();
    private final Set<Promise<Place>> waiting = new LinkedHashSet<>();
    private int passing;
    private int left;
    private boolean handing;

    private Connections(UpstreamSettings settings, Deadlines patience) {
        this.maximum = settings.maximumConnections();
        this.maximumPassing = Math.max(1, maximum / 2);
        this.maximumWaiting = settings.maximumWaiting();
        this.patience = patience;
    }

    /**
     * Those to each connector, by its name.
     *
     * @param patience how long to wait for a place
     */
    static Map<String, Connections> of(UpstreamSettings settings, Connectors connectors, Deadlines patience) {
        Map<Address, Connections> all = new HashMap<>();
        return settings.connectors().keySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        name -> name,
                        name -> all.computeIfAbsent(
                                Address.of(connectors.named(name)), address -> new Connections(settings, patience))));
    }

    /** What the client library keeps connections by. */
    private record Address(String host, int port, boolean tls) {
        static Address of(Connector connector) {
            return new Address(connector.host(), connector.port(), connector.tls());
        }
    }

    /** A request goes on {@code connection}. */
    void goesOn(HttpConnection connection) {
        if (open.add(connection)) {
            connection.closeHandler(closed -> open.remove(connection));
        }
    }

    /** Whether there are as many connections as there may be, so that who has none waits for others, not for the connector. */
    boolean areAllOpen() {
        return open.size() >= maximum;
    }

    /** @return a place for what is passed through to {@code connector}; fails with UPSTREAM_BUSY when none becomes free in time */
    Future<Place> place(String connector) {
        if (passing < maximumPassing) {
            passing++;
            return Future.succeededFuture(new Place());
        }
        if (waiting.size() >= maximumWaiting) {
            return Future.failedFuture(UpstreamFailures.tooManyWait(connector, null));
        }
        Promise<Place> place = Promise.promise();
        waiting.add(place);
        Deadlines.Deadline deadline = patience.set(() -> {
            waiting.remove(place);
            place.tryFail(UpstreamFailures.noneBecameFree(connector));
        });
        return place.future().onComplete(given -> deadline.cancel());
    }

    /** Whoever gets a place may leave it at once; then the next one has it from here, not from within that one's turn. */
    private void handOver() {
        if (handing) {
            return;
        }
        handing = true;
        try {
            while (left > 0) {
                left--;
                Iterator<Promise<Place>> first = waiting.iterator();
                if (first.hasNext()) {
                    Promise<Place> next = first.next();
                    first.remove();
                    next.complete(new Place());
                } else {
                    passing--;
                }
            }
        } finally {
            handing = false;
        }
    }

    /** What is passed through has one, from before it asks for a connection until its reply has ended. */
    final class Place {
        private boolean given = true;

        private Place() {}

        /** Gives it to who waits longest; more than once means nothing. */
        void leave() {
            if (given) {
                given = false;
                left++;
                handOver();
            }
        }
    }
}
