package dev.botgate.audit.access;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.access.AccessRecord.Action;
import dev.botgate.audit.access.EntryQuery.Subject;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the trail. Each access is recorded in the {@link AccessLog}, with its filters as they were given, before it is
 * answered, and fails if it cannot be recorded.
 *
 * <p>Callable on any thread.
 */
public final class AccessRecordingReader {
    private final AuditReader reader;
    private final AccessLog log;
    private final InstantSource clock;

    public AccessRecordingReader(AuditReader reader, AccessLog log, InstantSource clock) {
        this.reader = reader;
        this.log = log;
        this.clock = clock;
    }

    public Future<Page<AuditEntry>> search(
            AuditReaderIdentity identity, Map<String, String> filters, EntryQuery query) {
        return recorded(identity, Action.SEARCH, filters, () -> reader.search(query));
    }

    /** One entry, with its body. */
    public Future<Optional<AuditEntry>> show(AuditReaderIdentity identity, UUID id) {
        return recorded(identity, Action.SHOW, Map.of("id", id.toString()), () -> reader.entry(id));
    }

    /** The exchanges that sent, updated or deleted an activity, oldest first, with their bodies. */
    public Future<Page<AuditEntry>> history(
            AuditReaderIdentity identity, Map<String, String> filters, String activity, EntryQuery query) {
        EntryQuery changes =
                query.having(Subject.CHANGED_ACTIVITY, activity).withBodies().inOldestFirstOrder();
        return recorded(identity, Action.HISTORY, filters, () -> reader.search(changes));
    }

    public Future<Page<AccessRecord>> accessRecords(
            AuditReaderIdentity identity, Map<String, String> filters, AccessQuery query) {
        return recorded(identity, Action.ACCESS, filters, () -> reader.accessRecords(query));
    }

    /** Begins an export; {@link EntryExport#run} gives its entries. */
    public Future<EntryExport> export(
            AuditReaderIdentity identity, Map<String, String> filters, EntryQuery query, @Nullable UUID after) {
        return recorded(
                identity,
                Action.EXPORT,
                filters,
                () -> EntryExport.begin(
                        reader,
                        query,
                        after,
                        clock.instant(),
                        (entries, last) ->
                                log.record(AccessRecord.of(clock.instant(), identity, Action.EXPORT_END, filters)
                                        .with(entries, last))));
    }

    private <T> Future<T> recorded(
            AuditReaderIdentity identity, Action action, Map<String, String> filters, Supplier<Future<T>> answer) {
        return log.record(AccessRecord.of(clock.instant(), identity, action, filters))
                .compose(durable -> answer.get());
    }
}
