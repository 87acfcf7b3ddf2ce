package dev.botgate.ratelimit;

import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.IncomingBody;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.operation.RouteTable;
import dev.botgate.testing.UnreadBody;
import io.vertx.core.MultiMap;
import java.time.Instant;

/** Requests and replies for tests. */
final class LimitedCalls {
    private LimitedCalls() {}

    static RequestHead head(String method, String path) {
        return new RequestHead(
                "request-1",
                Instant.EPOCH,
                method,
                "teams",
                path,
                RouteTable.match(method, path),
                MultiMap.caseInsensitiveMultiMap(),
                new Peer("127.0.0.1", "http", "gate"));
    }

    static RequestHead send(String conversation) {
        return head("POST", "/v3/conversations/" + conversation + "/activities");
    }

    static Caller bot(String id) {
        return new Caller(id, "tenant-1", "digest-of-" + id, false);
    }

    static UnreadBody body() {
        return new UnreadBody(2);
    }

    static Identified identified(RequestHead head, String bot, IncomingBody body) {
        return new Identified(head, bot(bot), body);
    }

    static Reply reply(int status, String... headers) {
        MultiMap map = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < headers.length; i += 2) {
            map.add(headers[i], headers[i + 1]);
        }
        return new Reply(status, "", map, new ReplyBody.Absent(-1));
    }
}
