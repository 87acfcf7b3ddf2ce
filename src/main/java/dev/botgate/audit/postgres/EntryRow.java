package dev.botgate.audit.postgres;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Digest;
import dev.botgate.audit.ExchangeId;
import dev.botgate.audit.GatewayRun;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.RecordedBody;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An entry out of a row of the intent {@code i} and the outcome {@code o}, with the attempts between them. */
final class EntryRow {
    /** An outcome's first cells name its intent. */
    private static final int KEY_CELLS = 2;

    private EntryRow() {}

    /** What to select out of {@code schema}, with the recorded body or without. */
    static String columns(String schema, boolean bodies) {
        Stream<String> intents = Tables.INTENT.stream()
                .map(Column::name)
                .map(name -> name.equals("body") && !bodies ? "NULL::bytea AS i_body" : selected("i", name));
        Stream<String> outcomes = Tables.OUTCOME.stream().map(Column::name).map(name -> selected("o", name));
        return Stream.of(intents, outcomes, Stream.of(attempts(schema), late(schema)))
                .flatMap(columns -> columns)
                .collect(Collectors.joining(", "));
    }

    /** Looked for only where there may be any: not where the gateway that made a single attempt recorded its end too. */
    private static String attempts(String schema) {
        return "CASE WHEN o.attempts IS DISTINCT FROM 1 OR o.run <> i.run THEN (SELECT json_agg("
                + object("a", Tables.ATTEMPT) + " ORDER BY a.number) FROM " + schema
                + ".attempt a WHERE a.intent_at = i.at AND a.intent_id = i.id) END AS attempts";
    }

    /** Looked for only where another run than the intent's had closed it. */
    private static String late(String schema) {
        return "CASE WHEN o.run <> i.run THEN (SELECT json_agg(" + object("l", Tables.OUTCOME)
                + " ORDER BY l.at) FROM " + schema
                + ".late_outcome l WHERE l.intent_at = i.at AND l.intent_id = i.id) END AS late";
    }

    private static String object(String table, List<? extends Column<?>> columns) {
        return columns.stream()
                .map(Column::name)
                .map(name -> "'" + name + "', "
                        + (name.endsWith("_sha256") ? "encode(" + table + "." + name + ", 'hex')" : table + "." + name))
                .collect(Collectors.joining(", ", "json_build_object(", ")"));
    }

    private static String selected(String table, String column) {
        return table + "." + column + " AS " + table + "_" + column;
    }

    static AuditEntry entry(Row row) {
        Cells intents = new Cells(row, 0);
        Instant at = intents.time();
        UUID id = intents.uuid();
        GatewayRun gateway = new GatewayRun(intents.text(), intents.uuid());
        ExchangeId exchange = new ExchangeId(at, id, gateway, intents.number());
        Intent intent = intent(exchange, intents);
        Cells outcomes = new Cells(row, Tables.INTENT.size());
        Outcome outcome = outcomes.isNull() ? null : outcome(exchange, outcomes);
        Cells several = new Cells(row, Tables.INTENT.size() + Tables.OUTCOME.size());
        return new AuditEntry(
                intent,
                outcome,
                each(several.jsonOrNull(), attempt -> attempt(exchange, attempt)),
                each(several.jsonOrNull(), late -> late(exchange, late)));
    }

    private static <T> List<T> each(@Nullable JsonArray rows, Function<JsonObject, T> reading) {
        return rows == null
                ? List.of()
                : rows.stream().map(row -> reading.apply((JsonObject) row)).toList();
    }

    private static Attempt attempt(ExchangeId exchange, JsonObject row) {
        return new Attempt(
                exchange,
                row.getInteger("number"),
                OffsetDateTime.parse(row.getString("at")).toInstant(),
                row.getInteger("status"),
                row.getString("error"),
                Duration.of(row.getLong("latency_micros"), ChronoUnit.MICROS));
    }

    private static Outcome late(ExchangeId exchange, JsonObject row) {
        String sha256 = row.getString("sent_sha256");
        return new Outcome(
                exchange,
                new GatewayRun(row.getString("gateway"), UUID.fromString(row.getString("run"))),
                OffsetDateTime.parse(row.getString("at")).toInstant(),
                OutcomeStatus.ofText(row.getString("close")),
                row.getInteger("status"),
                row.getInteger("attempts"),
                Duration.of(row.getLong("latency_micros"), ChronoUnit.MICROS),
                row.getString("reply_id"),
                row.getString("conversation"),
                row.getString("activity"),
                row.getString("error"),
                sha256 == null ? null : new Digest(row.getLong("sent_length"), sha256, row.getString("sent_key")),
                Boolean.TRUE.equals(row.getBoolean("sent_whole")));
    }

    private static Intent intent(ExchangeId exchange, Cells cells) {
        return new Intent(
                exchange,
                cells.text(),
                cells.text(),
                cells.text(),
                cells.text(),
                cells.text(),
                cells.textOrNull(),
                cells.textOrNull(),
                cells.flag(),
                cells.textOrNull(),
                cells.textOrNull(),
                cells.textOrNull(),
                cells.textOrNull(),
                cells.textOrNull(),
                new RecordedBody(RecordedBody.Form.ofText(cells.text()), cells.bytesOrNull(), cells.digestOrNull()));
    }

    private static Outcome outcome(ExchangeId exchange, Cells cells) {
        cells.skip(KEY_CELLS);
        Instant at = cells.time();
        return new Outcome(
                exchange,
                new GatewayRun(cells.text(), cells.uuid()),
                at,
                OutcomeStatus.ofText(cells.text()),
                cells.integerOrNull(),
                cells.integer(),
                Duration.of(cells.number(), ChronoUnit.MICROS),
                cells.textOrNull(),
                cells.textOrNull(),
                cells.textOrNull(),
                cells.textOrNull(),
                cells.digestOrNull(),
                cells.flag());
    }

    /**
     * A row's cells, read in the order in which {@link Tables} lists the columns. To look a cell up by its name costs a
     * comparison with each name before it, which was a quarter of an export's time.
     */
    private static final class Cells {
        private final Row row;
        private int next;

        Cells(Row row, int first) {
            this.row = row;
            this.next = first;
        }

        /** Whether the next cell has no value; it stays the next. */
        boolean isNull() {
            return row.getValue(next) == null;
        }

        void skip(int cells) {
            next += cells;
        }

        String text() {
            return row.getString(next++);
        }

        @Nullable
        String textOrNull() {
            return row.getString(next++);
        }

        UUID uuid() {
            return row.getUUID(next++);
        }

        Instant time() {
            return row.getOffsetDateTime(next++).toInstant();
        }

        long number() {
            return row.getLong(next++);
        }

        int integer() {
            return row.getInteger(next++);
        }

        @Nullable
        Integer integerOrNull() {
            return row.getInteger(next++);
        }

        /** No value is no. */
        boolean flag() {
            return Boolean.TRUE.equals(row.getBoolean(next++));
        }

        @Nullable
        Buffer bytesOrNull() {
            return row.getBuffer(next++);
        }

        @Nullable
        JsonArray jsonOrNull() {
            return row.getJsonArray(next++);
        }

        /** A length, a hash and the version of the hash's key. */
        @Nullable
        Digest digestOrNull() {
            Long length = row.getLong(next++);
            Buffer hash = bytesOrNull();
            String key = textOrNull();
            return length == null || hash == null
                    ? null
                    : new Digest(length, HexFormat.of().formatHex(hash.getBytes()), key);
        }
    }
}
