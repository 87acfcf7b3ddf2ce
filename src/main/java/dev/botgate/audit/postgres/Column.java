package dev.botgate.audit.postgres;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One column of a table, and how to send many values of it at once, as an array.
 *
 * @param <E> what a row is made from
 * @param type the column's type in SQL
 * @param bind adds the column of all rows to a statement's parameters
 */
record Column<E>(String name, String type, BiConsumer<Tuple, List<E>> bind) {

    static <E> Column<E> text(String name, Function<E, @Nullable String> value) {
        return new Column<>(
                name,
                "text",
                (tuple, rows) -> tuple.addArrayOfString(rows.stream().map(value).toArray(String[]::new)));
    }

    static <E> Column<E> time(String name, Function<E, Instant> value) {
        return new Column<>(
                name,
                "timestamptz",
                (tuple, rows) -> tuple.addArrayOfOffsetDateTime(rows.stream()
                        .map(row -> value.apply(row).atOffset(ZoneOffset.UTC))
                        .toArray(OffsetDateTime[]::new)));
    }

    static <E> Column<E> uuid(String name, Function<E, UUID> value) {
        return new Column<>(
                name,
                "uuid",
                (tuple, rows) -> tuple.addArrayOfUUID(rows.stream().map(value).toArray(UUID[]::new)));
    }

    static <E> Column<E> whole(String name, Function<E, @Nullable Long> value) {
        return new Column<>(
                name,
                "bigint",
                (tuple, rows) -> tuple.addArrayOfLong(rows.stream().map(value).toArray(Long[]::new)));
    }

    static <E> Column<E> small(String name, Function<E, @Nullable Integer> value) {
        return new Column<>(
                name,
                "integer",
                (tuple, rows) ->
                        tuple.addArrayOfInteger(rows.stream().map(value).toArray(Integer[]::new)));
    }

    static <E> Column<E> flag(String name, Function<E, @Nullable Boolean> value) {
        return new Column<>(
                name,
                "boolean",
                (tuple, rows) ->
                        tuple.addArrayOfBoolean(rows.stream().map(value).toArray(Boolean[]::new)));
    }

    static <E> Column<E> bytes(String name, Function<E, @Nullable Buffer> value) {
        return new Column<>(
                name,
                "bytea",
                (tuple, rows) -> tuple.addArrayOfBuffer(rows.stream().map(value).toArray(Buffer[]::new)));
    }
}
