package dev.botgate.audit.access;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.access.AccessRecord.Action;
import dev.botgate.audit.postgres.TrailFixture;
import dev.botgate.audit.writer.TrailWriter;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestPostgres.class)
class EntryExportTest {
    private static final AuditReaderIdentity ANN = new AuditReaderIdentity("ann", "here");

    private final TrailFixture fixture;
    private final AccessRecordingReader reader;

    EntryExportTest(TestDatabase database) {
        fixture = new TrailFixture(database);
        reader = new AccessRecordingReader(fixture.reader(), fixture.accesses(), InstantSource.system());
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whenTheSinkIsSlow_oneNextPageIsRead_andNoMore() {
        record(350, "19:" + "x".repeat(40_000));
        List<List<AuditEntry>> sunk = new ArrayList<>();
        List<Promise<Void>> sinking = new ArrayList<>();
        Watched watched = new Watched(fixture.reader());
        EntryExport export = await(new AccessRecordingReader(watched, fixture.accesses(), InstantSource.system())
                .export(ANN, Map.of(), EntryQuery.newest(1), null));

        Future<Long> exported = export.run(page -> {
            Promise<Void> taken = Promise.promise();
            sunk.add(page);
            sinking.add(taken);
            return taken.future();
        });

        watched.giveNext();
        for (int page = 1; page < 4; page++) {
            watched.giveNext();
            assertThat(sunk).as("the sink still has page %d", page).hasSize(page);
            assertThat(watched.asked).as("searches while it has that").hasSize(page + 1);
            sinking.get(page - 1).complete();
        }
        assertThat(watched.asked).as("page 4 is the last").hasSize(4);
        assertThat(exported.isComplete()).isFalse();
        sinking.get(3).complete();
        assertThat(await(exported)).isEqualTo(350);
        assertThat(sunk).extracting(List::size).startsWith(100).allMatch(size -> size < 110);
    }

    @Test
    void whenTheSinkFails_theNumberOfWrittenEntriesIsRecorded() {
        List<Intent> intents = record(120);
        EntryExport export =
                await(reader.export(ANN, Map.of(), EntryQuery.newest(1).withBodies(), null));
        List<Integer> sizes = new ArrayList<>();

        Future<Long> exported = export.run(page -> {
            sizes.add(page.size());
            return sizes.size() == 1 ? Future.succeededFuture() : Future.failedFuture(new IOException("gone"));
        });

        assertThatThrownBy(() -> await(exported)).hasMessageContaining("gone");
        assertThat(sizes).containsExactly(100, 20);
        Page<AccessRecord> ends =
                await(fixture.reader().accessRecords(new AccessQuery(null, null, "ann", Action.EXPORT_END, 10, null)));
        assertThat(ends.entries()).singleElement().satisfies(end -> {
            assertThat(end.entries()).isEqualTo(100);
            assertThat(end.last()).isEqualTo(intents.get(99).exchange().id());
        });
    }

    @Test
    void pagesOfLongEntries_areShort() {
        record(450, "19:" + "x".repeat(40_000));
        EntryExport export = await(reader.export(ANN, Map.of(), EntryQuery.newest(1), null));
        List<Integer> sizes = new ArrayList<>();

        long entries = await(export.run(page -> {
            sizes.add(page.size());
            return Future.succeededFuture();
        }));

        assertThat(entries).isEqualTo(450);
        assertThat(sizes).startsWith(100).hasSize(5).allMatch(size -> size < 110);
    }

    @Test
    void entriesRecordedAfterTheExportBegan_areNotInIt() {
        record(1);
        EntryExport export = await(reader.export(ANN, Map.of(), EntryQuery.newest(1), null));
        record(1);

        assertThat(await(export.run(page -> Future.succeededFuture()))).isEqualTo(1);
    }

    @CanIgnoreReturnValue
    private List<Intent> record(int number) {
        return record(number, "19:conversation");
    }

    @CanIgnoreReturnValue
    private List<Intent> record(int number, String conversation) {
        TrailWriter trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(20)));
        List<Intent> intents = new ArrayList<>();
        List<Future<Void>> begun = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            intents.add(Exchanges.intent(
                    Exchanges.ids().next(), "r" + i, "28:bot", conversation, null, "SendToConversation"));
            begun.add(trail.begin(intents.get(i)));
        }
        await(Future.all(begun));
        await(trail.close());
        return intents;
    }

    /**
     * Counts the searches, and gives each page on {@code giveNext}, on its thread, so that the effects are visible
     * afterwards.
     */
    private static final class Watched implements AuditReader {
        private final AuditReader reader;
        private final List<EntryQuery> asked = new ArrayList<>();
        private final Queue<Promise<Page<AuditEntry>>> awaited = new ArrayDeque<>();

        Watched(AuditReader reader) {
            this.reader = reader;
        }

        @Override
        public Future<Page<AuditEntry>> search(EntryQuery query) {
            Promise<Page<AuditEntry>> page = Promise.promise();
            asked.add(query);
            awaited.add(page);
            return page.future();
        }

        /** Answers the oldest unanswered search. */
        void giveNext() {
            EntryQuery query = asked.get(asked.size() - awaited.size());
            awaited.remove().complete(await(reader.search(query)));
        }

        @Override
        public Future<Optional<AuditEntry>> entry(UUID id) {
            return reader.entry(id);
        }

        @Override
        public Future<Optional<String>> cursorAfter(UUID id) {
            return reader.cursorAfter(id);
        }

        @Override
        public Future<Page<AccessRecord>> accessRecords(AccessQuery query) {
            return reader.accessRecords(query);
        }

        @Override
        public Future<Void> close() {
            return reader.close();
        }
    }
}
