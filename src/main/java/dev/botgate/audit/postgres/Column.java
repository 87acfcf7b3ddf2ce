package dev.botgate.audit.postgres;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One column of a table, and how to send many values of it at once, as an array.
 *
 * @param <E> what a row is made from
 * @param type the column's type in SQL
 * @param array makes an array for so many rows
 * @param value of a row
 */
record Column<E>(
        String name,
        String type,
        IntFunction<@Nullable Object[]> array,
        Function<E, ? extends @Nullable Object> value) {

    static <E> Column<E> text(String name, Function<E, @Nullable String> value) {
        return new Column<>(name, "text", String[]::new, value);
    }

    static <E> Column<E> time(String name, Function<E, Instant> value) {
        return new Column<>(name, "timestamptz", OffsetDateTime[]::new, row -> value.apply(row)
                .atOffset(ZoneOffset.UTC));
    }

    static <E> Column<E> uuid(String name, Function<E, UUID> value) {
        return new Column<>(name, "uuid", UUID[]::new, value);
    }

    static <E> Column<E> whole(String name, Function<E, @Nullable Long> value) {
        return new Column<>(name, "bigint", Long[]::new, value);
    }

    static <E> Column<E> small(String name, Function<E, @Nullable Integer> value) {
        return new Column<>(name, "integer", Integer[]::new, value);
    }

    static <E> Column<E> flag(String name, Function<E, @Nullable Boolean> value) {
        return new Column<>(name, "boolean", Boolean[]::new, value);
    }

    static <E> Column<E> bytes(String name, Function<E, @Nullable Buffer> value) {
        return new Column<>(name, "bytea", Buffer[]::new, value);
    }

    /** The values of all {@code rows}. */
    @Nullable
    Object[] values(List<E> rows) {
        @Nullable Object[] values = array.apply(rows.size());
        for (int i = 0; i < values.length; i++) {
            values[i] = value.apply(rows.get(i));
        }
        return values;
    }
}
