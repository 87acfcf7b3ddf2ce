package dev.botgate.audit.postgres;

import dev.botgate.audit.Digest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row's cells, read one after the other in the order in which {@link Tables} lists the columns. Found by its name, a cell
 * costs a comparison with each name before it, which was a quarter of an export's time.
 */
final class RowReader {
    private final Row row;
    private int next;

    RowReader(Row row, int first) {
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

    long whole() {
        return row.getLong(next++);
    }

    int small() {
        return row.getInteger(next++);
    }

    @Nullable
    Integer smallOrNull() {
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

    /** A length, a hash and the key that it was made with. */
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
