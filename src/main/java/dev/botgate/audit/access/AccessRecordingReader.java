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
 * The trail for those who read it: what they ask for is durable in the trail before they hear an answer. What cannot be
 * recorded is not answered.
 *
 * <p>The filters are recorded as they were asked for. Callable on any thread.
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

    /** A page of entries. */
    public Future<EntryPage> search(AuditReaderIdentity visitor, Map<String, String> filters, EntryQuery query) {
        return witnessed(visitor, Action.SEARCH, filters, () -> reader.search(query));
    }

    /** One entry, with its body. */
    public Future<Optional<AuditEntry>> show(AuditReaderIdentity visitor, UUID id) {
        return witnessed(visitor, Action.SHOW, Map.of("id", id.toString()), () -> reader.entry(id));
    }

    /** How an activity came to be what it is: the exchanges that sent, updated and deleted it, oldest first, with bodies. */
    public Future<EntryPage> history(
            AuditReaderIdentity visitor, Map<String, String> filters, String activity, EntryQuery query) {
        EntryQuery changes =
                query.having(Subject.CHANGED_ACTIVITY, activity).withBodies().fromTheOldest();
        return witnessed(visitor, Action.HISTORY, filters, () -> reader.search(changes));
    }

    /** Records of access. */
    public Future<AccessPage> accesses(AuditReaderIdentity visitor, Map<String, String> filters, AccessQuery query) {
        return witnessed(visitor, Action.ACCESS, filters, () -> reader.accesses(query));
    }

    /** Begins an export, whose entries then come from what the future gives. */
    public Future<EntryExport> export(
            AuditReaderIdentity visitor, Map<String, String> filters, EntryQuery query, @Nullable UUID after) {
        return witnessed(
                visitor,
                Action.EXPORT,
                filters,
                () -> EntryExport.begin(
                        reader,
                        query,
                        after,
                        clock.instant(),
                        (entries, last) ->
                                log.record(AccessRecord.of(clock.instant(), visitor, Action.EXPORT_END, filters)
                                        .with(entries, last))));
    }

    private <T> Future<T> witnessed(
            AuditReaderIdentity visitor, Action action, Map<String, String> filters, Supplier<Future<T>> answer) {
        return log.record(AccessRecord.of(clock.instant(), visitor, action, filters))
                .compose(durable -> answer.get());
    }
}
