package dev.botgate.cache;

import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.RequestHead;
import dev.botgate.operation.RouteTable;
import dev.botgate.testing.UnreadBody;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A builder of requests: by bot {@code a} to upstream {@code teams} by default. */
record CacheRequest(
        String method,
        String uri,
        String bot,
        String token,
        boolean verified,
        String upstream,
        long length,
        List<Map.Entry<String, String>> headers) {

    static CacheRequest get(String uri) {
        return new CacheRequest("GET", uri, "a", "a", false, "teams", 0, List.of());
    }

    static CacheRequest members(String conversation) {
        return get("/v3/conversations/" + conversation + "/members");
    }

    static CacheRequest paged(String conversation, String query) {
        return get("/v3/conversations/" + conversation + "/pagedmembers?" + query);
    }

    static CacheRequest removal(String conversation) {
        return get("/v3/conversations/" + conversation + "/members/29:m").by("DELETE");
    }

    CacheRequest by(String otherMethod) {
        return new CacheRequest(otherMethod, uri, bot, token, verified, upstream, length, headers);
    }

    /** The same by another bot; without credential if {@code otherBot} is empty. */
    CacheRequest as(String otherBot) {
        return new CacheRequest(method, uri, otherBot, otherBot, false, upstream, length, headers);
    }

    /** The same by a bot that was verified by that token. */
    CacheRequest verifiedBy(String otherToken) {
        return new CacheRequest(method, uri, bot, otherToken, true, upstream, length, headers);
    }

    /** The same with a token that only claims to be from that bot. */
    CacheRequest claimedBy(String otherToken) {
        return new CacheRequest(method, uri, bot, otherToken, false, upstream, length, headers);
    }

    CacheRequest on(String otherUpstream) {
        return new CacheRequest(method, uri, bot, token, verified, otherUpstream, length, headers);
    }

    CacheRequest ofLength(long otherLength) {
        return new CacheRequest(method, uri, bot, token, verified, upstream, otherLength, headers);
    }

    CacheRequest with(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new CacheRequest(method, uri, bot, token, verified, upstream, length, more);
    }

    Identified request() {
        MultiMap sent = MultiMap.caseInsensitiveMultiMap();
        Caller caller = Caller.anonymous();
        if (!bot.isEmpty()) {
            sent.add("Authorization", "Bearer " + token);
            caller = new Caller(bot, null, "digest-of-" + token, verified);
        }
        headers.forEach(header -> sent.add(header.getKey(), header.getValue()));
        int question = uri.indexOf('?');
        String path = question < 0 ? uri : uri.substring(0, question);
        RequestHead head = new RequestHead(
                "request-1",
                Instant.EPOCH,
                method,
                upstream,
                uri,
                RouteTable.match(method, path),
                sent,
                new Peer("127.0.0.1", "http", "gate.example"));
        return new Identified(head, caller, new UnreadBody(length));
    }
}
