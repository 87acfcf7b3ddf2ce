package dev.botgate.upstream;

import dev.botgate.exchange.Peer;
import dev.botgate.upstream.UpstreamSettings.ForwardedPolicy;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;

/** Sets {@code Forwarded} (RFC 7239) and its predecessors {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. */
final class ForwardedHeaders {
    private static final CharSequence FORWARDED = AsciiString.cached("Forwarded");
    private static final CharSequence FOR = AsciiString.cached("X-Forwarded-For");
    private static final CharSequence PROTO = AsciiString.cached("X-Forwarded-Proto");
    private static final CharSequence HOST = AsciiString.cached("X-Forwarded-Host");

    private ForwardedHeaders() {}

    /** Applies {@code policy} to {@code headers}, in place. */
    static void apply(ForwardedPolicy policy, MultiMap headers, Peer peer) {
        switch (policy) {
            case REPLACE -> {
                remove(headers);
                add(headers, peer);
            }
            case APPEND -> add(headers, peer);
            case REMOVE -> remove(headers);
        }
    }

    private static void remove(MultiMap headers) {
        headers.remove(FORWARDED).remove(FOR).remove(PROTO).remove(HOST);
    }

    private static void add(MultiMap headers, Peer peer) {
        headers.add(
                FORWARDED, "for=" + node(peer.address()) + ";host=" + quoted(peer.host()) + ";proto=" + peer.scheme());
        String clients = headers.get(FOR);
        headers.set(FOR, clients == null ? peer.address() : clients + ", " + peer.address());
        if (!headers.contains(PROTO)) {
            headers.set(PROTO, peer.scheme());
        }
        if (!headers.contains(HOST)) {
            headers.set(HOST, peer.host());
        }
    }

    /** RFC 7239 section 6: an IPv6 address stands in brackets and quotes. */
    private static String node(String address) {
        return address.indexOf(':') < 0 ? address : "\"[" + address + "]\"";
    }

    private static String quoted(String host) {
        return "\"" + host.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
