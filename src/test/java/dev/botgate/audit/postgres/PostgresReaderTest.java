package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.ExchangeId;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.GatewayRun;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.RecordedBody;
import dev.botgate.audit.access.AuditReader;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.EntryQuery.Subject;
import dev.botgate.audit.access.Page;
import dev.botgate.audit.writer.TrailWriter;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches against the same searches over the entries in memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(TestPostgres.class)
class PostgresReaderTest {
    private static final Instant START = Instant.parse("2031-02-15T00:00:00Z");
    private static final List<OutcomeStatus> CLOSES =
            List.of(OutcomeStatus.SUCCEEDED, OutcomeStatus.REFUSED, OutcomeStatus.FAILED, OutcomeStatus.UNKNOWN);
    private static final long SEED = 20_261_122;

    private final TestDatabase database;
    private final TrailFixture fixture;
    private final List<AuditEntry> entries = new ArrayList<>();

    PostgresReaderTest(TestDatabase database) {
        this.database = database;
        fixture = new TrailFixture(database);
        DatabaseAddress address = new DatabaseAddress(database.url(), database.settings());
        InstantSource inMarch = InstantSource.fixed(Instant.parse("2031-03-20T00:00:00Z"));
        await(new Partitions(fixture.vertx(), address, inMarch).start());
    }

    /** 400 entries over about 80 days: in the default partition, as February has none of its own, and in three others. */
    @BeforeAll
    void record() {
        Random random = new Random(SEED);
        AtomicReference<Instant> now = new AtomicReference<>(START);
        GatewayRun gateway = new GatewayRun("gate-1", UUID.randomUUID());
        ExchangeIds ids = new ExchangeIds(gateway, now::get);
        TrailWriter trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(20)));
        List<Future<Void>> begun = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            now.updateAndGet(time -> time.plusSeconds(random.nextInt(34_560)));
            Intent intent = intent(ids.next(), i, random);
            Outcome outcome = random.nextInt(5) == 0 ? null : outcome(intent, random);
            begun.add(trail.begin(intent));
            if (outcome != null) {
                trail.end(outcome);
            }
            entries.add(0, new AuditEntry(intent, outcome));
        }
        await(Future.all(begun));
        await(trail.close());
        fixture.run(
                gateway.runId(),
                entries.stream()
                        .filter(entry -> entry.outcome() == null)
                        .mapToLong(entry -> entry.intent().exchange().sequence())
                        .min()
                        .orElseThrow());
    }

    @AfterAll
    void close() {
        fixture.close();
    }

    record Search(String name, EntryQuery query, Predicate<AuditEntry> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Search> searches() {
        EntryQuery all = EntryQuery.newest(23);
        Instant from = START.plus(Duration.ofDays(20));
        Instant to = START.plus(Duration.ofDays(60));
        return Stream.of(
                new Search("everything", all, entry -> true),
                new Search("from", all.from(from), entry -> !at(entry).isBefore(from)),
                new Search("to", all.to(to), entry -> at(entry).isBefore(to)),
                new Search("bot", all.having(Subject.BOT, "bot-1"), entry -> "bot-1"
                        .equals(entry.intent().bot())),
                new Search("tenant", all.having(Subject.TENANT, "tenant-1"), entry -> true),
                new Search("no tenant", all.having(Subject.TENANT, "tenant-2"), entry -> false),
                new Search("request", all.having(Subject.REQUEST_ID, "r77"), entry -> entry.intent()
                        .requestId()
                        .equals("r77")),
                new Search("member", all.having(Subject.MEMBER, "m1"), entry -> "m1"
                        .equals(entry.intent().member())),
                new Search("recipient", all.having(Subject.RECIPIENT, "29:2"), entry -> "29:2"
                        .equals(entry.intent().recipient())),
                new Search(
                        "refused ones to a recipient",
                        all.having(Subject.RECIPIENT, "29:1").withStatus(OutcomeStatus.REFUSED),
                        entry -> "29:1".equals(entry.intent().recipient()) && entry.status() == OutcomeStatus.REFUSED),
                new Search("operation", all.having(Subject.OPERATION, "UpdateActivity"), entry -> entry.intent()
                        .operation()
                        .equals("UpdateActivity")),
                new Search("conversation", all.having(Subject.CONVERSATION, "c2"), entry -> isOf("c2", entry)),
                new Search("activity", all.having(Subject.ACTIVITY, "a3"), entry -> isAbout("a3", entry)),
                new Search(
                        "changed activity",
                        all.having(Subject.CHANGED_ACTIVITY, "a3"),
                        entry -> "a3".equals(of(entry, Outcome::activity))
                                || ("a3".equals(entry.intent().activity())
                                        && entry.intent().operation().equals("UpdateActivity"))),
                new Search("open", all.withStatus(OutcomeStatus.OPEN), entry -> entry.outcome() == null),
                new Search(
                        "succeeded",
                        all.withStatus(OutcomeStatus.SUCCEEDED),
                        entry -> entry.status() == OutcomeStatus.SUCCEEDED),
                new Search(
                        "refused",
                        all.withStatus(OutcomeStatus.REFUSED),
                        entry -> entry.status() == OutcomeStatus.REFUSED),
                new Search(
                        "failed",
                        all.withStatus(OutcomeStatus.FAILED),
                        entry -> entry.status() == OutcomeStatus.FAILED),
                new Search(
                        "unknown",
                        all.withStatus(OutcomeStatus.UNKNOWN),
                        entry -> entry.status() == OutcomeStatus.UNKNOWN),
                new Search(
                        "open ones of a conversation",
                        all.withStatus(OutcomeStatus.OPEN).having(Subject.CONVERSATION, "c2"),
                        entry -> isOf("c2", entry) && entry.outcome() == null),
                new Search(
                        "all at once",
                        all.withStatus(OutcomeStatus.SUCCEEDED)
                                .having(Subject.CONVERSATION, "c1")
                                .having(Subject.ACTIVITY, "a1")
                                .having(Subject.BOT, "bot-0")
                                .from(from.minus(Duration.ofDays(15)))
                                .to(to.plus(Duration.ofDays(15))),
                        entry -> isOf("c1", entry)
                                && isAbout("a1", entry)
                                && "bot-0".equals(entry.intent().bot())
                                && entry.status() == OutcomeStatus.SUCCEEDED
                                && !at(entry).isBefore(from.minus(Duration.ofDays(15)))
                                && at(entry).isBefore(to.plus(Duration.ofDays(15)))));
    }

    @ParameterizedTest
    @MethodSource("searches")
    void thePagesBackFromTheLast_areThePagesToIt(Search search) {
        List<Page<AuditEntry>> forth = pages(search.query(), Page::next);

        Page<AuditEntry> last = forth.get(forth.size() - 1);
        List<Page<AuditEntry>> back = last.previous() == null
                ? List.of()
                : pages(search.query().after(String.valueOf(last.previous())), Page::previous);

        List<List<AuditEntry>> expected =
                new ArrayList<>(forth.stream().map(Page::entries).toList());
        expected.remove(expected.size() - 1);
        Collections.reverse(expected);
        assertThat(back.stream().map(Page::entries)).containsExactlyElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("searches")
    void oldestFirst_isTheSameTheOtherWayRound(Search search) {
        List<AuditEntry> found =
                allPages(fixture.reader(), search.query().inOldestFirstOrder().withBodies());

        List<AuditEntry> expected =
                new ArrayList<>(entries.stream().filter(search.expected()).toList());
        Collections.reverse(expected);
        assertThat(found).containsExactlyElementsOf(expected);
    }

    @Test
    void anEntryIsFoundByItsId_withItsBody() {
        for (AuditEntry entry : entries.subList(0, 20)) {
            UUID id = entry.intent().exchange().id();

            assertThat(await(fixture.reader().entry(id))).contains(entry);
        }
        assertThat(await(fixture.reader().entry(UUID.randomUUID()))).isEmpty();
        assertThat(await(fixture.reader().entry(UUID.fromString("019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11"))))
                .isEmpty();
    }

    @Test
    void whatFollowsAnEntry_isFoundByItsId() {
        AuditEntry tenth = entries.get(9);

        String cursor = await(
                        fixture.reader().cursorAfter(tenth.intent().exchange().id()))
                .orElseThrow();

        assertThat(await(fixture.reader()
                                .search(EntryQuery.newest(5).withBodies().after(cursor)))
                        .entries())
                .containsExactlyElementsOf(entries.subList(10, 15));
        assertThat(await(fixture.reader().cursorAfter(UUID.randomUUID()))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("searches")
    void allPagesTogetherAreWhatWasAskedFor_newestFirst(Search search) {
        List<AuditEntry> found = allPages(fixture.reader(), search.query().withBodies());

        assertThat(found)
                .containsExactlyElementsOf(
                        entries.stream().filter(search.expected()).toList());
    }

    @Test
    void aRecipientIsFoundByItsIndex() {
        EntrySearch search = new EntrySearch(
                "botgate", EntryQuery.newest(23).having(Subject.RECIPIENT, "29:2"), PostgresReader.PAGE_BYTES);
        DatabaseAddress address = new DatabaseAddress(database.url(), database.settings());

        String plan = await(address.connect(fixture.vertx(), "plan").compose(connection -> connection
                .query(PostgresReader.PREPARE)
                .execute()
                .compose(ready ->
                        connection.preparedQuery("EXPLAIN " + search.sql()).execute(search.parameters()))
                .map(rows -> {
                    StringBuilder lines = new StringBuilder();
                    rows.forEach(row -> lines.append(row.getString(0)).append('\n'));
                    return lines.toString();
                })
                .eventually(connection::close)));

        assertThat(plan).contains("Index Cond: (hashtextextended(recipient, ").doesNotContain("Seq Scan on intent");
    }

    @Test
    void bodiesComeOnlyWhenAskedFor() {
        List<AuditEntry> found =
                await(fixture.reader().search(EntryQuery.newest(3))).entries();

        assertThat(found).hasSize(3).allSatisfy(entry -> {
            assertThat(entry.intent().body().bytes()).isNull();
            assertThat(entry.intent().body().digest()).isNotNull();
            assertThat(entry.intent().body().form()).isEqualTo(RecordedBody.Form.WHOLE);
        });
    }

    @Test
    void theLastPageHasNoNext() {
        Page<AuditEntry> page = await(fixture.reader().search(EntryQuery.newest(400)));

        assertThat(page.entries()).hasSize(400);
        assertThat(page.next()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "not base64!", "AAAA"})
    void aCursorThatIsNoneOfOurs_isRefused(String cursor) {
        Future<Page<AuditEntry>> found =
                fixture.reader().search(EntryQuery.newest(3).after(cursor));

        assertThatThrownBy(() -> await(found))
                .isInstanceOfSatisfying(GatewayException.class, refused -> assertThat(refused.failure())
                        .isEqualTo(Failure.MALFORMED_REQUEST));
    }

    private static List<AuditEntry> allPages(AuditReader reader, EntryQuery query) {
        List<AuditEntry> found = new ArrayList<>();
        Page<AuditEntry> page = await(reader.search(query));
        found.addAll(page.entries());
        while (page.next() != null) {
            assertThat(page.entries()).hasSize(query.limit());
            page = await(reader.search(query.after(String.valueOf(page.next()))));
            found.addAll(page.entries());
        }
        return found;
    }

    private List<Page<AuditEntry>> pages(EntryQuery query, Function<Page<AuditEntry>, @Nullable String> following) {
        List<Page<AuditEntry>> pages = new ArrayList<>();
        String cursor = query.cursor();
        do {
            EntryQuery wanted = query.withBodies();
            pages.add(await(fixture.reader().search(cursor == null ? wanted : wanted.after(cursor))));
            cursor = following.apply(pages.get(pages.size() - 1));
        } while (cursor != null);
        return pages;
    }

    private static Intent intent(ExchangeId id, int number, Random random) {
        Intent like = Exchanges.intent(
                id,
                "r" + number,
                random.nextInt(10) == 0 ? null : "bot-" + random.nextInt(2),
                "c" + random.nextInt(4),
                random.nextBoolean() ? "a" + random.nextInt(4) : null,
                random.nextInt(3) == 0 ? "UpdateActivity" : "SendToConversation");
        return new Intent(
                like.exchange(),
                like.requestId(),
                like.operation(),
                like.method(),
                like.uri(),
                like.upstream(),
                like.bot(),
                like.tenant(),
                like.verified(),
                like.conversation(),
                like.activity(),
                random.nextInt(9) == 0 ? "m" + random.nextInt(2) : null,
                random.nextInt(3) == 0 ? "29:" + random.nextInt(3) : null,
                like.sourceMediaType(),
                like.body());
    }

    private static Outcome outcome(Intent intent, Random random) {
        Outcome like = Exchanges.outcome(intent, CLOSES.get(random.nextInt(CLOSES.size())));
        return new Outcome(
                like.exchange(),
                like.recordedBy(),
                like.at(),
                like.closedAs(),
                like.status(),
                like.attempts(),
                like.latency(),
                like.replyId(),
                random.nextInt(4) == 0 ? "c" + random.nextInt(4) : null,
                random.nextInt(3) == 0 ? "a" + random.nextInt(4) : null,
                like.error(),
                like.sent(),
                like.sentWhole());
    }

    private static Instant at(AuditEntry entry) {
        return entry.intent().exchange().at();
    }

    private static boolean isOf(String conversation, AuditEntry entry) {
        return conversation.equals(entry.intent().conversation())
                || conversation.equals(of(entry, Outcome::conversation));
    }

    private static boolean isAbout(String activity, AuditEntry entry) {
        return activity.equals(entry.intent().activity()) || activity.equals(of(entry, Outcome::activity));
    }

    private static @Nullable String of(AuditEntry entry, Function<Outcome, @Nullable String> field) {
        return entry.outcome() == null ? null : field.apply(entry.outcome());
    }
}
