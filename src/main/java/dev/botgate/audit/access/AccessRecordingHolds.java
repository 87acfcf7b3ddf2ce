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
 * The legal holds for those who list and change them: what they ask for is durable with the records of access before it is
 * done. What cannot be recorded is not done.
 *
 * <p>Callable on any thread.
 */
public final class AccessRecordingHolds {
    private static final Logger log = LoggerFactory.getLogger(AccessRecordingHolds.class);

    private final HoldStore holds;
    private final AccessLog accesses;
    private final InstantSource clock;

    public AccessRecordingHolds(HoldStore holds, AccessLog accesses, InstantSource clock) {
        this.holds = holds;
        this.accesses = accesses;
        this.clock = clock;
    }

    /** The holds in effect, oldest first, or with those that were lifted too. */
    public Future<List<LegalHold>> list(AuditReaderIdentity visitor, boolean lifted) {
        return recorded(visitor, Action.HOLD_LIST, lifted ? Map.of("all", "true") : Map.of())
                .compose(durable -> holds.list(lifted));
    }

    /** Lays a hold on everything of {@code value}. */
    public Future<LaidHold> add(AuditReaderIdentity visitor, Subject subject, String value, String reason) {
        return recorded(visitor, Action.HOLD_ADD, Map.of(subject.text(), value, "reason", reason))
                .compose(durable -> holds.add(subject, value, reason, name(visitor)))
                .compose(hold -> covered(hold).map(entries -> new LaidHold(hold, entries)));
    }

    /** Lifts a hold; tells whether there was such a hold in effect. */
    public Future<Boolean> remove(AuditReaderIdentity visitor, UUID id, String reason) {
        return recorded(visitor, Action.HOLD_REMOVE, Map.of("id", id.toString(), "reason", reason))
                .compose(durable -> holds.remove(id, reason, name(visitor)));
    }

    private Future<Void> recorded(AuditReaderIdentity visitor, Action action, Map<String, String> filters) {
        return accesses.record(AccessRecord.of(clock.instant(), visitor, action, filters));
    }

    /** The hold is in effect whether or not its entries can be counted. */
    private Future<OptionalLong> covered(LegalHold hold) {
        return holds.covered(hold.subject(), hold.value()).map(OptionalLong::of).recover(cause -> {
            log.atWarn().setCause(cause).addKeyValue("hold", hold.id()).log("What a hold covers could not be counted");
            return Future.succeededFuture(OptionalLong.empty());
        });
    }

    private static String name(AuditReaderIdentity visitor) {
        return visitor.name() == null ? visitor.origin() : visitor.name();
    }

    /**
     * A hold that has just been laid.
     *
     * @param entries how many it covers of what is recorded until now; empty where they could not be counted in time
     */
    public record LaidHold(LegalHold hold, OptionalLong entries) {}
}
