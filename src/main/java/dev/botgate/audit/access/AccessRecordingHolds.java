package dev.botgate.audit.access;

import dev.botgate.audit.access.AccessRecord.Action;
import dev.botgate.audit.access.LegalHold.Subject;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists and changes legal holds. Each operation is recorded in the {@link AccessLog} before it is done, and fails if it
 * cannot be recorded.
 *
 * <p>Callable on any thread.
 */
public final class AccessRecordingHolds {
    private static final Logger log = LoggerFactory.getLogger(AccessRecordingHolds.class);

    private final HoldStore holds;
    private final AccessLog accessLog;
    private final InstantSource clock;

    public AccessRecordingHolds(HoldStore holds, AccessLog accessLog, InstantSource clock) {
        this.holds = holds;
        this.accessLog = accessLog;
        this.clock = clock;
    }

    /** The holds in effect, oldest first, or with removed ones too. */
    public Future<List<LegalHold>> list(AuditReaderIdentity identity, boolean removed) {
        return recorded(identity, Action.HOLD_LIST, removed ? Map.of("all", "true") : Map.of())
                .compose(durable -> holds.list(removed));
    }

    public Future<AddedHold> add(AuditReaderIdentity identity, Subject subject, String value, String reason) {
        return recorded(identity, Action.HOLD_ADD, Map.of(subject.text(), value, "reason", reason))
                .compose(durable -> holds.add(subject, value, reason, name(identity)))
                .compose(this::withCount);
    }

    /** Removes a hold; the result is whether there was such a hold in effect. */
    public Future<Boolean> remove(AuditReaderIdentity identity, UUID id, String reason) {
        return recorded(identity, Action.HOLD_REMOVE, Map.of("id", id.toString(), "reason", reason))
                .compose(durable -> holds.remove(id, reason, name(identity)));
    }

    private Future<Void> recorded(AuditReaderIdentity identity, Action action, Map<String, String> filters) {
        return accessLog.record(AccessRecord.of(clock.instant(), identity, action, filters));
    }

    /** The hold is in effect even if its entries cannot be counted. */
    private Future<AddedHold> withCount(LegalHold hold) {
        return holds.countCovered(hold.subject(), hold.value())
                .map(entries -> new AddedHold(hold, OptionalLong.of(entries)))
                .otherwise(cause -> {
                    log.atWarn()
                            .setCause(cause)
                            .addKeyValue("hold", hold.id())
                            .log("The entries that a hold covers could not be counted");
                    return new AddedHold(hold, OptionalLong.empty());
                });
    }

    private static String name(AuditReaderIdentity identity) {
        return identity.name() == null ? identity.origin() : identity.name();
    }

    /** @param entries how many entries it covers so far; empty if they could not be counted in time */
    public record AddedHold(LegalHold hold, OptionalLong entries) {}
}
