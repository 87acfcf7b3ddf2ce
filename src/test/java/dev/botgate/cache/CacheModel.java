package dev.botgate.cache;

import dev.botgate.cache.CacheSettings.ListSettings;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A model of a connector with two names, and of the replies that a cache before it may give. Each removal raises the version
 * of a conversation's members. Each list contains its owner, its version, the start of its load and the number of the reply.
 */
final class CacheModel {
    private static final List<String> CONVERSATIONS = List.of("19:x", "19:y");
    private static final List<String> UPSTREAMS = List.of("teams", "webchat");
    private static final List<String> BOTS = List.of("a", "b");
    private static final List<String> TOKENS = List.of("1", "2");
    private static final List<String> PAGES = List.of("pageSize=50", "pageSize=50&continuationToken=t");
    private static final List<String> DIRECTIVES = List.of(
            "no-cache", "no-store", "max-age=100", "max-stale", "max-stale=400", "min-fresh=100", "only-if-cached");

    private final CacheFixture fixture;
    private final ListSettings lists;
    private final Random random;
    private final Map<String, Integer> kinds;
    private final List<Waiting> waiting = new ArrayList<>();
    private final Map<String, Integer> versions = new HashMap<>();

    /** Conversation to the minimum version in replies to requests that come after the removal is known here. */
    private final Map<String, Integer> required = new HashMap<>();

    /** Owner and conversation to the number of the reply that was the last refusal. */
    private final Map<String, Integer> refused = new HashMap<>();

    private final List<String> violations = new ArrayList<>();
    private boolean receives = true;
    private int answers;

    /** A call that reached the connector. Its reply is determined on arrival, or only when it is sent. */
    private record Waiting(HeldService.Held call, String where, String list, int seenVersion, long beganAt) {
        boolean isRemoval() {
            return list.isEmpty();
        }
    }

    /** What a request that arrives now must not be given. */
    private record Expectation(
            String owner,
            String token,
            String where,
            String list,
            String directive,
            int minimumVersion,
            int refusedBefore) {}

    CacheModel(CacheFixture fixture, ListSettings lists, Random random, Map<String, Integer> kinds) {
        this.fixture = fixture;
        this.lists = lists;
        this.random = random;
        this.kinds = kinds;
    }

    List<String> violations() {
        return violations;
    }

    void step() {
        int dice = random.nextInt(100);
        if (dice < 50) {
            requestList();
        } else if (dice < 53) {
            requestRemoval();
        } else if (dice < 55) {
            invalidateElsewhere();
        } else if (dice < 56) {
            setReceives(!receives);
        } else if (dice < 87) {
            answerOne();
        } else if (dice < 88) {
            fixture.timers.fire(CacheFixture.LOAD_PATIENCE);
        } else {
            fixture.pass(Duration.ofMillis(random.nextInt(random.nextInt(4) == 0 ? 400_000 : 10_000)));
        }
    }

    /** Answers a waiting call. */
    void finish() {
        while (!waiting.isEmpty()) {
            answerOne();
        }
    }

    private void requestList() {
        String conversation = pick(CONVERSATIONS);
        String bot = pick(BOTS);
        String token = bot + pick(TOKENS);
        boolean verified = random.nextInt(3) > 0;
        CacheRequest one = CacheRequest.paged(conversation, pick(PAGES)).as(bot).on(pick(UPSTREAMS));
        CacheRequest request = verified ? one.verifiedBy(token) : one.claimedBy(token);
        String owner = verified ? "bot " + bot : "token " + token;
        String directive = random.nextInt(4) == 0 ? DIRECTIVES.get(random.nextInt(DIRECTIVES.size())) : "";
        if (!directive.isEmpty()) {
            request = request.with("Cache-Control", directive);
        }
        if (random.nextInt(12) == 0) {
            request = request.by("HEAD");
        } else if (random.nextInt(12) == 0) {
            request = request.with("If-None-Match", "*");
        }
        String where = request.upstream() + " " + conversation;
        String list = owner + " " + where + " " + request.uri();
        Expectation expectation = new Expectation(
                owner,
                "Bearer " + token,
                where,
                list,
                directive,
                required.getOrDefault(conversation, 0),
                refused.getOrDefault(owner + " " + where, 0));
        Future<Reply> reply = ask(request, where, list);
        if (directive.equals("only-if-cached")) {
            expect(reply.isComplete(), "an answer at once", expectation, "none");
        }
        reply.onSuccess(answer -> check(answer, expectation));
    }

    private void requestRemoval() {
        String conversation = pick(CONVERSATIONS);
        String bot = pick(BOTS);
        String token = bot + pick(TOKENS);
        boolean verified = random.nextBoolean();
        CacheRequest one = CacheRequest.removal(conversation).as(bot).on(pick(UPSTREAMS));
        CacheRequest request = verified ? one.verifiedBy(token) : one.claimedBy(token);
        String where = request.upstream() + " " + conversation;
        Future<Reply> removal = ask(request, where, "");
        removal.onComplete(ended -> {
            if (ended.succeeded() && ended.result().status() == 404) {
                String owner = verified ? "bot " + bot : "token " + token;
                UPSTREAMS.forEach(upstream -> refused.put(owner + " " + upstream + " " + conversation, answers));
            } else if (!(ended.cause() instanceof GatewayException cause)
                    || cause.failure().mayHaveHappened()) {
                required.put(conversation, version(conversation));
            }
        });
    }

    /** An invalidation of another gateway, which this one may miss while it is cut off. */
    private void invalidateElsewhere() {
        String conversation = pick(CONVERSATIONS);
        versions.merge(conversation, 1, Integer::sum);
        if (receives) {
            fixture.fleet.invalidate(new Invalidation(null, conversation));
            required.put(conversation, version(conversation));
        }
    }

    private void setReceives(boolean again) {
        if (again) {
            fixture.fleet.invalidate(Invalidation.ALL);
            required.putAll(versions);
        }
        receives = again;
        fixture.fleet.setReceives(again);
    }

    private Future<Reply> ask(CacheRequest request, String where, String list) {
        int before = fixture.upstream.calls().size();
        Future<Reply> reply = fixture.ask(request);
        // A stale list may already have been given, while its refresh has begun.
        await(before, where, list);
        return reply;
    }

    private void await(int callsBefore, String where, String list) {
        for (HeldService.Held call : fixture.upstream
                .calls()
                .subList(callsBefore, fixture.upstream.calls().size())) {
            waiting.add(new Waiting(call, where, list, version(conversation(where)), fixture.now.get()));
        }
    }

    private void answerOne() {
        if (waiting.isEmpty()) {
            return;
        }
        Waiting next = waiting.remove(random.nextInt(waiting.size()));
        int before = fixture.upstream.calls().size();
        answer(next);
        // Waiting requests with a token other than the refused one go upstream again.
        await(before, next.where(), next.list());
    }

    private void answer(Waiting next) {
        answers++;
        if (next.isRemoval()) {
            answerRemoval(next);
            return;
        }
        int dice = random.nextInt(20);
        if (dice == 0) {
            int refusal = List.of(401, 403, 404).get(random.nextInt(3));
            refused.put(ownerOf(next) + " " + next.where(), answers);
            String token = String.valueOf(next.call().request().head().headers().get("Authorization"));
            next.call().reply().complete(HeldService.reply(refusal, "", Map.of("X-Token", token)));
        } else if (dice < 3) {
            int status = List.of(429, 500, 503).get(random.nextInt(3));
            next.call().reply().complete(HeldService.reply(status, "", Map.of()));
        } else if (dice < 5) {
            next.call().reply().fail(new GatewayException(Failure.UPSTREAM_UNREACHABLE, "not reached"));
        } else {
            next.call().reply().complete(list(next));
        }
    }

    private Reply list(Waiting call) {
        int version = random.nextBoolean() ? call.seenVersion() : version(conversation(call.where()));
        String tag = "\"" + version + "\"";
        Map<String, String> facts = Map.of(
                "ETag", tag,
                "X-Version", Integer.toString(version),
                "X-Began", Long.toString(call.beganAt()),
                "X-Answer", Integer.toString(answers));
        boolean unchanged = tag.equals(call.call().request().head().headers().get("If-None-Match"));
        Reply whole = HeldService.reply(unchanged ? 304 : 200, call.list(), facts);
        return unchanged || call.call().request().head().method().equals("HEAD")
                ? whole.withBody(new ReplyBody.Absent(-1))
                : whole;
    }

    private void answerRemoval(Waiting removal) {
        int dice = random.nextInt(5);
        if (dice == 0) {
            removal.call().reply().fail(new GatewayException(Failure.AUDIT_UNAVAILABLE, "not sent"));
            return;
        }
        if (dice == 4) {
            removal.call().reply().complete(HeldService.reply(404, "", Map.of()));
            return;
        }
        versions.merge(conversation(removal.where()), 1, Integer::sum);
        if (dice == 1) {
            removal.call().reply().fail(new GatewayException(Failure.UPSTREAM_TIMEOUT, "sent, perhaps"));
        } else {
            removal.call().reply().complete(HeldService.reply(200, "", Map.of()));
        }
    }

    private void check(Reply reply, Expectation expectation) {
        String status = CacheFixture.status(reply);
        if (reply.status() == 304) {
            count("not modified");
            return;
        }
        if (reply.status() == 401 || reply.status() == 403) {
            expect(
                    expectation.token().equals(reply.headers().get("X-Token")),
                    "no other's refusal",
                    expectation,
                    told(reply));
            count("refused");
        }
        if (reply.status() != 200) {
            return;
        }
        if (reply.body() instanceof ReplyBody.Absent) {
            count("head");
        } else {
            expect(
                    CacheFixture.body(reply).equals(expectation.list()),
                    expectation.list(),
                    expectation,
                    CacheFixture.body(reply));
        }
        expect(
                fact(reply, "X-Version") >= expectation.minimumVersion(),
                "version " + expectation.minimumVersion(),
                expectation,
                told(reply));
        boolean detailed = status.contains("detail=stale");
        if (status.contains("hit") || detailed) {
            long age = fixture.now.get() - fact(reply, "X-Began");
            expect(age < allowed(status, expectation), "a younger list than " + age, expectation, told(reply));
            String seconds = Long.toString(Duration.ofNanos(age).toSeconds());
            expect(seconds.equals(reply.headers().get("Age")), "age " + seconds, expectation, told(reply));
            expect(
                    fact(reply, "X-Answer") > expectation.refusedBefore(),
                    "nothing from before a refusal",
                    expectation,
                    told(reply));
        }
        count(kind(status));
    }

    /** The age that a list given with that status may have, exclusive. */
    private long allowed(String status, Expectation expectation) {
        long fresh = lists.freshFor().toNanos();
        if (!status.contains("detail=stale")) {
            return switch (expectation.directive()) {
                case "max-age=100" -> Duration.ofSeconds(100).toNanos() + 1;
                case "min-fresh=100" -> fresh - Duration.ofSeconds(100).toNanos() + 1;
                default -> fresh;
            };
        }
        long stale =
                switch (expectation.directive()) {
                    case "max-stale" -> lists.staleIfError().toNanos();
                    case "max-stale=400" -> Duration.ofSeconds(400).toNanos() + 1;
                    case "no-cache", "max-age=100", "min-fresh=100" -> 0;
                    default ->
                        status.contains("stale-if-error")
                                ? lists.staleIfError().toNanos()
                                : lists.staleWhileRevalidate().toNanos();
                };
        return receives ? fresh + stale : fresh;
    }

    private static String kind(String status) {
        String way = status.replaceAll("botgate; ([^;]*).*", "$1");
        if (status.contains("detail=stale")) {
            return way + " " + status.substring(status.indexOf("detail=") + 7);
        }
        return way
                + (status.contains("fwd-status=304") ? " renewed" : "")
                + (status.contains("collapsed") ? " collapsed" : "");
    }

    private static long fact(Reply reply, String name) {
        return Long.parseLong(String.valueOf(reply.headers().get(name)));
    }

    private static String told(Reply reply) {
        return String.join(", ", CacheFixture.lines(reply));
    }

    private static String ownerOf(Waiting call) {
        return call.list().substring(0, call.list().indexOf(' ', call.list().indexOf(' ') + 1));
    }

    private void count(String kind) {
        kinds.merge(kind, 1, Integer::sum);
    }

    private void expect(boolean right, String expected, Expectation expectation, String found) {
        if (!right) {
            violations.add(expectation + ": " + found + " (expected: " + expected + ")");
        }
    }

    private int version(String conversation) {
        return versions.getOrDefault(conversation, 0);
    }

    private static String conversation(String where) {
        return where.substring(where.indexOf(' ') + 1);
    }

    /** Mostly the first, so that the same list is requested often enough. */
    private String pick(List<String> from) {
        return from.get(random.nextInt(3) > 0 ? 0 : random.nextInt(from.size()));
    }
}
