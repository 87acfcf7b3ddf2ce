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
import java.util.function.IntFunction;
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
        return new Column<>(name, "text", (tuple, rows) -> tuple.addArrayOfString(values(rows, value, String[]::new)));
    }

    static <E> Column<E> time(String name, Function<E, Instant> value) {
        return new Column<>(
                name,
                "timestamptz",
                (tuple, rows) -> tuple.addArrayOfOffsetDateTime(
                        values(rows, row -> value.apply(row).atOffset(ZoneOffset.UTC), OffsetDateTime[]::new)));
    }

    static <E> Column<E> uuid(String name, Function<E, UUID> value) {
        return new Column<>(name, "uuid", (tuple, rows) -> tuple.addArrayOfUUID(values(rows, value, UUID[]::new)));
    }

    static <E> Column<E> whole(String name, Function<E, @Nullable Long> value) {
        return new Column<>(name, "bigint", (tuple, rows) -> tuple.addArrayOfLong(values(rows, value, Long[]::new)));
    }

    static <E> Column<E> small(String name, Function<E, @Nullable Integer> value) {
        return new Column<>(
                name, "integer", (tuple, rows) -> tuple.addArrayOfInteger(values(rows, value, Integer[]::new)));
    }

    static <E> Column<E> flag(String name, Function<E, @Nullable Boolean> value) {
        return new Column<>(
                name, "boolean", (tuple, rows) -> tuple.addArrayOfBoolean(values(rows, value, Boolean[]::new)));
    }

    static <E> Column<E> bytes(String name, Function<E, @Nullable Buffer> value) {
        return new Column<>(name, "bytea", (tuple, rows) -> tuple.addArrayOfBuffer(values(rows, value, Buffer[]::new)));
    }

    private static <E, V extends @Nullable Object> V[] values(
            List<E> rows, Function<E, V> value, IntFunction<V[]> array) {
        V[] values = array.apply(rows.size());
        for (int i = 0; i < values.length; i++) {
            values[i] = value.apply(rows.get(i));
        }
        return values;
    }
}
