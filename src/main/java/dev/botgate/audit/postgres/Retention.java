package dev.botgate.audit.postgres;

import dev.botgate.audit.access.AuditReaderIdentity;
import dev.botgate.audit.access.ExpiredMonth;
import dev.botgate.audit.access.ExpiredMonth.Fate;
import dev.botgate.audit.access.LegalHold;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops whole months that have expired, unless a legal hold covers an entry of theirs. A month has expired when its last
 * entry is as old as entries have to become, by the gateway's clock and by the database's: one that is ahead drops nothing
 * early. What lies in a default partition stays, and with it all of its month: an exchange is not torn apart. Of a month
 * that somebody has half dropped, nobody can tell what a hold covered, so any hold that may have covered it keeps the rest.
 *
 * <p>Any number of gateways may do it at once. Each drop is recorded with the records of access.
 */
public final class Retention {
    private static final Duration INTERVAL = Duration.ofHours(6);
    /** Of the gateway's clock and the database's, the one that is behind. */
    private static final String BEFORE =
            "(least($1, now()) AT TIME ZONE 'UTC' - make_interval(months => $2)) AT TIME ZONE 'UTC'";

    private static final String EXPIRED =
            "SELECT month, coalesce(bytes, 0) AS bytes, problem, %1$s.missing_partitions(month) AS missing FROM (SELECT month, sum(bytes)::bigint AS bytes"
                    + " FROM %1$s.expired_partitions(" + BEFORE + ") GROUP BY month) AS whole"
                    + " FULL JOIN %1$s.stray_months(" + BEFORE + ") AS stray USING (month) ORDER BY month";
    private static final String HOLDS =
            "SELECT id, at, subject, value, reason, changed_by FROM %s.holds_on($1) ORDER BY at";
    private static final String DROP = "SELECT %s.drop_month($3, " + BEFORE + ", $4, $5) AS dropped";
    /** Lock not available, deadlock detected. */
    private static final Set<String> IN_USE = Set.of("55P03", "40P01");

    private static final Logger log = LoggerFactory.getLogger(Retention.class);

    private final Vertx vertx;
    private final DatabaseAddress address;
    private final InstantSource clock;
    private final int months;
    private final Counter dropped;
    private final AtomicInteger held;

    /** @param months how long an entry must be kept */
    public Retention(Vertx vertx, DatabaseAddress address, InstantSource clock, int months, MeterRegistry registry) {
        this.vertx = vertx;
        this.address = address;
        this.clock = clock;
        this.months = months;
        this.dropped = Counter.builder("botgate.audit.retention.dropped")
                .description("Expired months that were dropped")
                .register(registry);
        this.held = registry.gauge("botgate.audit.retention.held", new AtomicInteger());
    }

    /** Drops what has expired, now and then every six hours until {@code vertx} closes. What fails is tried again. */
    public void start(AuditReaderIdentity visitor) {
        long timer = vertx.setPeriodic(0, INTERVAL.toMillis(), ignored -> drop(visitor)
                .onFailure(cause -> log.atWarn().setCause(cause).log("Expired months could not be looked for")));
        log.atDebug().addKeyValue("months", months).addKeyValue("timer", timer).log("Months expire");
    }

    /** What {@link #drop} would drop now, and what it would not. */
    public Future<List<ExpiredMonth>> expired() {
        return connected(this::expired);
    }

    /** Drops what has expired and is not held, oldest first, and tells what became of each. */
    public Future<List<ExpiredMonth>> drop(AuditReaderIdentity visitor) {
        return connected(connection -> expired(connection).compose(found -> {
                    List<ExpiredMonth> done = new ArrayList<>();
                    Future<Void> all = Future.succeededFuture();
                    for (ExpiredMonth month : found) {
                        all = all.compose(before -> drop(connection, month, visitor)
                                .onSuccess(done::add)
                                .mapEmpty());
                    }
                    return all.map(done);
                }))
                .onSuccess(this::tell);
    }

    private Future<List<ExpiredMonth>> expired(PgConnection connection) {
        return connection
                .preparedQuery(EXPIRED.formatted(address.schema()))
                .execute(Tuple.of(now(), months))
                .compose(rows -> {
                    List<ExpiredMonth> found = new ArrayList<>();
                    Future<Void> all = Future.succeededFuture();
                    for (Row row : rows) {
                        all = all.compose(before ->
                                withHolds(connection, row).onSuccess(found::add).mapEmpty());
                    }
                    return all.map(found);
                });
    }

    private Future<ExpiredMonth> withHolds(PgConnection connection, Row expired) {
        LocalDate month = expired.getLocalDate("month");
        String stray = expired.getString("problem");
        return connection
                .preparedQuery(HOLDS.formatted(address.schema()))
                .execute(Tuple.of(month))
                .map(rows -> {
                    List<LegalHold> holds = new ArrayList<>();
                    rows.forEach(row -> holds.add(PostgresHoldStore.inEffect(row)));
                    return new ExpiredMonth(
                            YearMonth.from(month),
                            expired.getLong("bytes"),
                            holds,
                            !holds.isEmpty() ? Fate.HELD : stray == null ? Fate.EXPIRED : Fate.FAILED,
                            stray != null || holds.isEmpty() ? stray : missing(expired.getArrayOfStrings("missing")));
                });
    }

    private static @Nullable String missing(String[] partitions) {
        return partitions.length == 0
                ? null
                : "its partitions of " + String.join(", ", partitions)
                        + " are missing, and any of the holds may cover what was in them";
    }

    private Future<ExpiredMonth> drop(PgConnection connection, ExpiredMonth month, AuditReaderIdentity visitor) {
        if (month.fate() != Fate.EXPIRED) {
            return Future.succeededFuture(month);
        }
        Tuple parameters = Tuple.of(now(), months, month.month().atDay(1), visitor.name(), visitor.origin());
        return connection
                .preparedQuery(DROP.formatted(address.schema()))
                .execute(parameters)
                .map(rows -> rows.iterator().next().getBoolean("dropped")
                        ? fate(month, Fate.DROPPED, null)
                        : fate(month, Fate.FAILED, "another gateway dropped it, or a hold was laid on it meanwhile"))
                .recover(cause -> cause instanceof PgException refused && IN_USE.contains(refused.getSqlState())
                        ? Future.succeededFuture(fate(
                                month, Fate.FAILED, "its tables are in use by writers, or another gateway is dropping"))
                        : Future.failedFuture(cause));
    }

    private static ExpiredMonth fate(ExpiredMonth month, Fate fate, @Nullable String problem) {
        return new ExpiredMonth(month.month(), month.bytes(), month.holds(), fate, problem);
    }

    private void tell(List<ExpiredMonth> months) {
        held.set(
                (int) months.stream().filter(month -> month.fate() == Fate.HELD).count());
        for (ExpiredMonth month : months) {
            switch (month.fate()) {
                case DROPPED -> {
                    dropped.increment();
                    log.atInfo()
                            .addKeyValue("month", month.month())
                            .addKeyValue("bytes", month.bytes())
                            .log("A month of the trail had expired and was dropped");
                }
                case HELD ->
                    log.atWarn()
                            .addKeyValue("month", month.month())
                            .addKeyValue(
                                    "holds",
                                    month.holds().stream().map(LegalHold::id).toList())
                            .addKeyValue("problem", month.problem())
                            .log("A month of the trail has expired, but a legal hold keeps it");
                default ->
                    log.atWarn()
                            .addKeyValue("month", month.month())
                            .addKeyValue("problem", month.problem())
                            .log("A month of the trail has expired, but could not be dropped now");
            }
        }
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }

    private <T> Future<T> connected(Function<PgConnection, Future<T>> use) {
        return address.connect(vertx, "botgate retention")
                .compose(connection -> use.apply(connection).eventually(connection::close));
    }
}
