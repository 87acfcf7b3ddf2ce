package dev.botgate.audit.access;

import dev.botgate.audit.access.LegalHold.Subject;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/** The legal holds. Access is not recorded here: see {@link AccessRecordingHolds}. */
public interface HoldStore {
    /** Adds a hold on all entries of {@code value}, past and future. */
    Future<LegalHold> add(Subject subject, String value, String reason, String by);

    /** Removes a hold; the result is whether there was such a hold in effect. */
    Future<Boolean> remove(UUID id, String reason, String by);

    /** The holds in effect, oldest first, or with removed ones too. */
    Future<List<LegalHold>> list(boolean removed);

    /** How many entries a hold on {@code value} covers so far. */
    Future<Long> countCovered(Subject subject, String value);
}
