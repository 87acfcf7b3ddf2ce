package dev.botgate.cache;

import static dev.botgate.cache.CacheFixture.TIME_TO_LIVE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random interleavings of bots, conversations, pages, removals and time, against a connector whose members have a
 * version: a removal makes the next one.
 */
class InterleavingsTest {
    private static final int STEPS = 4_000;
    private static final List<String> CONVERSATIONS = List.of("19:x", "19:y", "19:z");
    private static final List<String> UPSTREAMS = List.of("teams", "webchat");
    private static final List<String> BOTS = List.of("a", "b", "c");
    private static final List<String> PAGES = List.of("pageSize=50", "pageSize=50&continuationToken=t");

    @ParameterizedTest
    @CsvSource({"1, 1048576", "2, 1048576", "3, 1048576", "4, 6000", "5, 6000"})
    void noListCrossesCredentials_norOutlivesItsTime_norItsConversationsRemovals(long seed, long room) {
        Run run = new Run(
                new CacheFixture(CacheFixture.settings(room, CacheFixture.only(TIME_TO_LIVE))), new Random(seed));
        for (int step = 0; step < STEPS; step++) {
            run.step();
            if (step % 50 == 0) {
                run.fixture.verify();
            }
        }
        while (!run.waiting.isEmpty()) {
            run.answerOne();
        }

        run.fixture.verify();
        assertThat(run.wrong).isEmpty();
        assertThat(run.fixture.cache.loadsUnderWay()).isZero();
        assertThat(run.answered).isGreaterThan(STEPS / 4);
        assertThat(run.fixture.count("hit")).isGreaterThan(STEPS / 50);
        assertThat(run.fixture.count("joined")).isGreaterThan(STEPS / 50);
    }

    /** A call that reached the connector: what it answers is fixed when it arrives, or only when it is answered. */
    private record Waiting(HeldUpstream.Held call, String conversation, String list, int seenVersion, long beganAt) {}

    private static final class Run {
        private final CacheFixture fixture;
        private final Random random;
        private final List<Waiting> waiting = new ArrayList<>();
        private final Map<String, Integer> versions = new HashMap<>();
        /** The version which everybody must see who asks after the removal was answered. */
        private final Map<String, Integer> required = new HashMap<>();

        private final List<String> wrong = new ArrayList<>();

        private int answered;

        Run(CacheFixture fixture, Random random) {
            this.fixture = fixture;
            this.random = random;
        }

        void step() {
            int dice = random.nextInt(100);
            if (dice < 54) {
                askForAList();
            } else if (dice < 58) {
                askForARemoval();
            } else if (dice < 95) {
                answerOne();
            } else {
                fixture.pass(Duration.ofMillis(random.nextInt(random.nextInt(10) == 0 ? 400_000 : 10_000)));
            }
        }

        void answerOne() {
            if (waiting.isEmpty()) {
                return;
            }
            Waiting next = waiting.remove(random.nextInt(waiting.size()));
            if (next.list().isEmpty()) {
                answerRemoval(next);
            } else if (random.nextInt(10) == 0) {
                next.call().reply().complete(HeldUpstream.reply(500, "", Map.of()));
            } else {
                int version = random.nextBoolean() ? next.seenVersion() : version(next.conversation());
                next.call().answer(next.list() + " " + version + " " + next.beganAt());
            }
        }

        private void askForAList() {
            String conversation = pick(CONVERSATIONS);
            String page = pick(PAGES);
            Asked asked = Asked.paged(conversation, page).as(pick(BOTS)).on(pick(UPSTREAMS));
            int dice = random.nextInt(20);
            if (dice < 2) {
                asked = asked.with("Cache-Control", dice == 0 ? "no-cache" : "no-store");
            }
            String where = asked.upstream() + " " + conversation;
            String list = asked.bot() + " " + where + " " + page;
            int atLeast = required.getOrDefault(where, 0);
            Future<Reply> reply = ask(asked, where, list);
            reply.onSuccess(answer -> check(answer, list, atLeast));
        }

        private void askForARemoval() {
            String conversation = pick(CONVERSATIONS);
            Asked asked = Asked.removal(conversation).as(pick(BOTS)).on(pick(UPSTREAMS));
            String where = asked.upstream() + " " + conversation;
            ask(asked, where, "").onComplete(ended -> required.put(where, version(where)));
        }

        private Future<Reply> ask(Asked asked, String where, String list) {
            int before = fixture.upstream.calls().size();
            Future<Reply> reply = fixture.ask(asked);
            if (fixture.upstream.calls().size() > before) {
                waiting.add(new Waiting(fixture.upstream.last(), where, list, version(where), fixture.now.get()));
            }
            return reply;
        }

        private void answerRemoval(Waiting removal) {
            int dice = random.nextInt(4);
            if (dice == 0) {
                removal.call().reply().fail(new GatewayException(Failure.AUDIT_UNAVAILABLE, "not sent"));
                return;
            }
            versions.merge(removal.conversation(), 1, Integer::sum);
            if (dice == 1) {
                removal.call().reply().fail(new GatewayException(Failure.UPSTREAM_TIMEOUT, "sent, perhaps"));
            } else {
                removal.call().reply().complete(HeldUpstream.reply(200, "", Map.of()));
            }
        }

        private void check(Reply reply, String list, int atLeast) {
            answered++;
            if (reply.status() != 200) {
                return;
            }
            String body = CacheFixture.body(reply);
            int beganAt = body.lastIndexOf(' ');
            int version = body.lastIndexOf(' ', beganAt - 1);
            expect(body.substring(0, version).equals(list), list, reply);
            expect(Integer.parseInt(body.substring(version + 1, beganAt)) >= atLeast, "version " + atLeast, reply);
            if (CacheFixture.status(reply).contains("hit")) {
                long age = fixture.now.get() - Long.parseLong(body.substring(beganAt + 1));
                expect(age < TIME_TO_LIVE.toNanos(), "a younger list", reply);
                String seconds = Long.toString(Duration.ofNanos(age).toSeconds());
                expect(seconds.equals(reply.headers().get("Age")), "age " + seconds, reply);
            }
        }

        private void expect(boolean right, String expected, Reply reply) {
            if (!right) {
                wrong.add(CacheFixture.body(reply) + ", " + CacheFixture.lines(reply) + ", expected " + expected);
            }
        }

        private int version(String where) {
            return versions.getOrDefault(where, 0);
        }

        private String pick(List<String> from) {
            return from.get(random.nextInt(from.size()));
        }
    }
}
