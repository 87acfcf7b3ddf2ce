package dev.botgate.testing;

import dev.botgate.audit.postgres.DatabaseSettings;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A database of a test's own, with a blocking way to look into it. */
public record TestDatabase(int port, String name) {

    public URI url() {
        return URI.create("postgresql://127.0.0.1:" + port + "/" + name);
    }

    /** Settings that point here, with the shipped schema. */
    public DatabaseSettings settings() {
        return settings("botgate");
    }

    /** Settings that point here. */
    public DatabaseSettings settings(String schema) {
        return TestSettings.with(TestSettings.PACKAGED.database(), "url", url(), "schema", schema);
    }

    /** A connection, for what must stay open, such as a lock. */
    public Connection open() {
        try {
            return DriverManager.getConnection("jdbc:" + url() + "?user=postgres");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs {@code sql} in a transaction of its own. */
    public void execute(String sql) {
        try (Connection connection = open();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** The rows of {@code sql}, each as its columns' text joined by {@code |}; null is the empty text. */
    public List<String> rows(String sql) {
        try (Connection connection = open();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            int columns = found.getMetaData().getColumnCount();
            while (found.next()) {
                rows.add(IntStream.rangeClosed(1, columns)
                        .mapToObj(column -> text(found, column))
                        .collect(Collectors.joining("|")));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** The one number that {@code sql} gives. */
    public long number(String sql) {
        return Long.parseLong(rows(sql).get(0));
    }

    private static String text(ResultSet found, int column) {
        try {
            String text = found.getString(column);
            return text == null ? "" : text;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
