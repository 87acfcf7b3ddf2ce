package dev.botgate.audit.postgres;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.Digest;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.TrailRecord;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The trail's three tables, as the migrations make them, and the one statement that writes them. */
final class Tables {
    // spotless:off
    static final List<Column<Intent>> INTENT = List.of(
        Column.time("at", intent -> intent.exchange().at()),
        Column.uuid("id", intent -> intent.exchange().id()),
        Column.text("gateway", intent -> intent.exchange().gateway().name()),
        Column.uuid("run", intent -> intent.exchange().gateway().runId()),
        Column.whole("sequence", intent -> intent.exchange().sequence()),
        Column.text("request_id", Intent::requestId),
        Column.text("operation", Intent::operation),
        Column.text("method", Intent::method),
        Column.text("uri", Intent::uri),
        Column.text("upstream", Intent::upstream),
        Column.text("bot", Intent::bot),
        Column.text("tenant", Intent::tenant),
        Column.flag("verified", Intent::verified),
        Column.text("conversation", Intent::conversation),
        Column.text("activity", Intent::activity),
        Column.text("member", Intent::member),
        Column.text("recipient", Intent::recipient),
        Column.text("source_media_type", Intent::sourceMediaType),
        Column.text("body_form", intent -> intent.body().form().text()),
        Column.bytes("body", intent -> intent.body().bytes()),
        Column.whole("body_length", intent -> length(intent.body().digest())),
        Column.bytes("body_sha256", intent -> sha256(intent.body().digest())),
        Column.text("body_key", intent -> key(intent.body().digest())));

    static final List<Column<Attempt>> ATTEMPT = List.of(
        Column.time("intent_at", attempt -> attempt.exchange().at()),
        Column.uuid("intent_id", attempt -> attempt.exchange().id()),
        Column.small("number", Attempt::number),
        Column.time("at", Attempt::at),
        Column.small("status", Attempt::status),
        Column.text("error", Attempt::error),
        Column.whole("latency_micros", attempt -> TimeUnit.NANOSECONDS.toMicros(attempt.latency().toNanos())));

    static final List<Column<Outcome>> OUTCOME = List.of(
        Column.time("intent_at", outcome -> outcome.exchange().at()),
        Column.uuid("intent_id", outcome -> outcome.exchange().id()),
        Column.time("at", Outcome::at),
        Column.text("gateway", outcome -> outcome.recordedBy().name()),
        Column.uuid("run", outcome -> outcome.recordedBy().runId()),
        Column.text("close", outcome -> outcome.closedAs().text()),
        Column.small("status", Outcome::status),
        Column.small("attempts", Outcome::attempts),
        Column.whole("latency_micros", outcome -> TimeUnit.NANOSECONDS.toMicros(outcome.latency().toNanos())),
        Column.text("reply_id", Outcome::replyId),
        Column.text("conversation", Outcome::conversation),
        Column.text("activity", Outcome::activity),
        Column.text("error", Outcome::error),
        Column.whole("sent_length", outcome -> length(outcome.sent())),
        Column.bytes("sent_sha256", outcome -> sha256(outcome.sent())),
        Column.text("sent_key", outcome -> key(outcome.sent())),
        Column.flag("sent_whole", outcome -> outcome.sent() == null ? null : outcome.sentWhole()));
    // spotless:on

    private Tables() {}

    /**
     * Inserts any number of intents, attempts and outcomes, in one transaction and one round trip. Rows that exist
     * stay unchanged, so a batch whose result is unknown may be sent again.
     */
    static String insert(String schema) {
        int attempts = 1 + INTENT.size();
        int outcomes = attempts + ATTEMPT.size();
        return "WITH intents AS (" + insert(schema + ".intent", INTENT, 1) + "), attempts AS ("
                + insert(schema + ".attempt", ATTEMPT, attempts) + ") "
                + insert(schema + ".outcome", OUTCOME, outcomes);
    }

    /** The same without attempts, which are rare. */
    static String insertWithoutAttempts(String schema) {
        return "WITH intents AS (" + insert(schema + ".intent", INTENT, 1) + ") "
                + insert(schema + ".outcome", OUTCOME, 1 + INTENT.size());
    }

    /**
     * Stores as late those outcomes whose exchange another gateway has closed, because it took this one for dead. The first
     * outcome stays.
     */
    static String insertLate(String schema) {
        String names = OUTCOME.stream().map(Column::name).collect(Collectors.joining(", "));
        String selected =
                OUTCOME.stream().map(column -> "late." + column.name()).collect(Collectors.joining(", "));
        return "INSERT INTO " + schema + ".late_outcome (" + names + ") SELECT " + selected + " FROM unnest("
                + arrays(OUTCOME, 1) + ") AS late (" + names + ") JOIN " + schema + ".outcome AS first"
                + " ON first.intent_at = late.intent_at AND first.intent_id = late.intent_id"
                + " WHERE first.run <> late.run ON CONFLICT DO NOTHING";
    }

    /** The parameters of {@link #insertLate}. */
    static Tuple lateParameters(List<Outcome> outcomes) {
        List<Object> parameters = new ArrayList<>(OUTCOME.size());
        add(parameters, OUTCOME, outcomes);
        return Tuple.wrap(parameters);
    }

    /** The parameters of {@link #insertWithoutAttempts}. */
    static Tuple parametersWithoutAttempts(Rows rows) {
        List<Object> parameters = new ArrayList<>(INTENT.size() + OUTCOME.size());
        add(parameters, INTENT, rows.intents());
        add(parameters, OUTCOME, rows.outcomes());
        return Tuple.wrap(parameters);
    }

    /** The parameters of {@link #insert}. */
    static Tuple parameters(Rows rows) {
        List<Object> parameters = new ArrayList<>(INTENT.size() + ATTEMPT.size() + OUTCOME.size());
        add(parameters, INTENT, rows.intents());
        add(parameters, ATTEMPT, rows.attempts());
        add(parameters, OUTCOME, rows.outcomes());
        return Tuple.wrap(parameters);
    }

    private static <E> void add(List<Object> parameters, List<Column<E>> columns, List<E> rows) {
        for (Column<E> column : columns) {
            parameters.add(column.values(rows));
        }
    }

    private static <E> String insert(String table, List<Column<E>> columns, int firstParameter) {
        String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        return "INSERT INTO " + table + " (" + names + ") SELECT * FROM unnest(" + arrays(columns, firstParameter)
                + ") ON CONFLICT DO NOTHING";
    }

    private static <E> String arrays(List<Column<E>> columns, int firstParameter) {
        return IntStream.range(0, columns.size())
                .mapToObj(
                        i -> "$" + (firstParameter + i) + "::" + columns.get(i).type() + "[]")
                .collect(Collectors.joining(", "));
    }

    private static @Nullable Long length(@Nullable Digest digest) {
        return digest == null ? null : digest.length();
    }

    private static @Nullable Buffer sha256(@Nullable Digest digest) {
        return digest == null ? null : Buffer.buffer(HexFormat.of().parseHex(digest.sha256()));
    }

    private static @Nullable String key(@Nullable Digest digest) {
        return digest == null ? null : digest.key();
    }

    /** What one statement inserts, by kind, each kind in the order in which it came. */
    record Rows(List<Intent> intents, List<Attempt> attempts, List<Outcome> outcomes) {
        /** Nothing at all. */
        static final Rows NONE = of(List.of());

        /** The rows of {@code records}. */
        static Rows of(List<? extends TrailRecord> records) {
            List<Intent> intents = new ArrayList<>(records.size());
            List<Attempt> attempts = new ArrayList<>(0);
            List<Outcome> outcomes = new ArrayList<>(records.size());
            for (TrailRecord recorded : records) {
                if (recorded instanceof Intent intent) {
                    intents.add(intent);
                } else if (recorded instanceof Outcome outcome) {
                    outcomes.add(outcome);
                } else if (recorded instanceof Attempt attempt) {
                    attempts.add(attempt);
                }
            }
            return new Rows(intents, attempts, outcomes);
        }
    }
}
