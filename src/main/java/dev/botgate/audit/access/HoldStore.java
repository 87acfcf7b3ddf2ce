package dev.botgate.audit.access;

import dev.botgate.audit.access.LegalHold.Subject;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/** The legal holds. Nobody is asked who changes them: see {@link AccessRecordingHolds}. */
public interface HoldStore {
    /** Lays a hold on everything of {@code value}, what is recorded and what will be. */
    Future<LegalHold> add(Subject subject, String value, String reason, String by);

    /** Lifts a hold; tells whether there was such a hold in effect. */
    Future<Boolean> remove(UUID id, String reason, String by);

    /** The holds, oldest first: those in effect, or with those that were lifted too. */
    Future<List<LegalHold>> list(boolean lifted);

    /** How many entries there are that a hold on {@code value} covers. */
    Future<Long> covered(Subject subject, String value);
}
