package dev.botgate.embedded;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** One statement at a time, over JDBC. */
final class Sql {
    private Sql() {}

    static void execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database, database.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row. */
    static String query(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database, database.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    static Connection connect(EmbeddedDatabase database, String password) throws SQLException {
        return DriverManager.getConnection("jdbc:" + database.url(), database.user(), password);
    }
}
