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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Drops whole months that have expired, unless a legal hold covers an entry of theirs. A month has expired when its last
 * entry is older than entries must be kept, by the gateway's clock and by the database's. A month that has rows in a default
 * partition is not dropped, so that exchanges stay whole. If partitions of a month are missing, every hold that may have
 * covered what was in them keeps the rest.
 *
 * <p>Any number of gateways may do it at once. Each drop is recorded as an access.
 */
public final class Retention {
    private static final Duration INTERVAL = Duration.ofHours(6);
    /** By the gateway's clock or the database's, whichever is behind. */
    private static final String BEFORE =
            "(least($1, now()) AT TIME ZONE 'UTC' - make_interval(months => $2)) AT TIME ZONE 'UTC'";

    /** A row for each hold on a month, or one without a hold. */
    private static final String EXPIRED =
            "SELECT month, coalesce(bytes, 0) AS bytes, problem, %1$s.missing_partitions(month) AS missing, held.*"
                    + " FROM (SELECT month, sum(bytes)::bigint AS bytes FROM %1$s.expired_partitions(" + BEFORE
                    + ") GROUP BY month) AS expired FULL JOIN %1$s.stray_months(" + BEFORE
                    + ") AS stray USING (month) LEFT JOIN LATERAL %1$s.holds_on(month) AS held ON true"
                    + " ORDER BY month, held.at";

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

    /** Drops what has expired, at once and then every six hours until {@code vertx} closes. A failure is logged. */
    public void start(AuditReaderIdentity reader) {
        long timer = vertx.setPeriodic(
                0, INTERVAL.toMillis(), ignored -> drop(reader).onFailure(cause -> log.atWarn()
                        .setCause(cause)
                        .log("The search for expired months failed; it is repeated in six hours")));
        log.atDebug().addKeyValue("months", months).addKeyValue("timer", timer).log("Expired months are dropped");
    }

    /** What {@link #drop} would find. */
    public Future<List<ExpiredMonth>> expired() {
        return connected(this::expired);
    }

    /** Drops what has expired and is not held, oldest first. Returns what became of each month. */
    public Future<List<ExpiredMonth>> drop(AuditReaderIdentity reader) {
        return connected(connection -> expired(connection).compose(found -> {
                    List<ExpiredMonth> done = new ArrayList<>();
                    Future<Void> all = Future.succeededFuture();
                    for (ExpiredMonth month : found) {
                        all = all.compose(before -> drop(connection, month, reader)
                                .onSuccess(done::add)
                                .mapEmpty());
                    }
                    return all.map(done);
                }))
                .onSuccess(this::report);
    }

    private Future<List<ExpiredMonth>> expired(PgConnection connection) {
        return connection
                .preparedQuery(EXPIRED.formatted(address.schema()))
                .execute(Tuple.of(now(), months))
                .map(rows -> {
                    Map<LocalDate, List<Row>> byMonth = new LinkedHashMap<>();
                    rows.forEach(row -> byMonth.computeIfAbsent(row.getLocalDate("month"), first -> new ArrayList<>())
                            .add(row));
                    return byMonth.values().stream().map(Retention::month).toList();
                });
    }

    private static ExpiredMonth month(List<Row> rows) {
        Row row = rows.get(0);
        List<LegalHold> holds = rows.stream()
                .filter(held -> held.getUUID("id") != null)
                .map(PostgresHoldStore::inEffect)
                .toList();
        String stray = row.getString("problem");
        return new ExpiredMonth(
                YearMonth.from(row.getLocalDate("month")),
                row.getLong("bytes"),
                holds,
                !holds.isEmpty() ? Fate.HELD : stray == null ? Fate.EXPIRED : Fate.FAILED,
                stray != null || holds.isEmpty() ? stray : missing(row.getArrayOfStrings("missing")));
    }

    private static @Nullable String missing(String[] partitions) {
        return partitions.length == 0
                ? null
                : "its partitions of " + String.join(", ", partitions)
                        + " are missing, and any of the holds may cover what was in them";
    }

    private Future<ExpiredMonth> drop(PgConnection connection, ExpiredMonth month, AuditReaderIdentity reader) {
        if (month.fate() != Fate.EXPIRED) {
            return Future.succeededFuture(month);
        }
        Tuple parameters = Tuple.of(now(), months, month.month().atDay(1), reader.name(), reader.origin());
        return connection
                .preparedQuery(DROP.formatted(address.schema()))
                .execute(parameters)
                .map(rows -> rows.iterator().next().getBoolean("dropped")
                        ? fate(month, Fate.DROPPED, null)
                        : fate(month, Fate.FAILED, "another gateway has dropped it, or a hold was added meanwhile"))
                .recover(cause -> cause instanceof PgException refused && IN_USE.contains(refused.getSqlState())
                        ? Future.succeededFuture(fate(
                                month,
                                Fate.FAILED,
                                "its tables are in use by writers, or another gateway is dropping months"))
                        : Future.failedFuture(cause));
    }

    private static ExpiredMonth fate(ExpiredMonth month, Fate fate, @Nullable String problem) {
        return new ExpiredMonth(month.month(), month.bytes(), month.holds(), fate, problem);
    }

    private void report(List<ExpiredMonth> found) {
        held.set((int) found.stream().filter(month -> month.fate() == Fate.HELD).count());
        for (ExpiredMonth month : found) {
            LoggingEventBuilder event = (month.fate() == Fate.DROPPED ? log.atInfo() : log.atWarn())
                    .addKeyValue("month", month.month())
                    .addKeyValue("bytes", month.bytes());
            if (month.problem() != null) {
                event = event.addKeyValue("problem", month.problem());
            }
            switch (month.fate()) {
                case DROPPED -> {
                    dropped.increment();
                    event.log("Dropped an expired month of the trail");
                }
                case HELD ->
                    event.addKeyValue(
                                    "holds",
                                    month.holds().stream().map(LegalHold::id).toList())
                            .log("A legal hold keeps an expired month of the trail");
                default -> event.log("An expired month of the trail could not be dropped");
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
