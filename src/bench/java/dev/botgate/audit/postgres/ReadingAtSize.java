package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.EntryQuery.Subject;
import dev.botgate.embedded.EmbeddedDatabase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * How long first pages take, by which plans, and how fast exports go, on a trail of {@code reading.entries} entries (300,000
 * unless given). No part of the build, since its name is no test's; run it by
 *
 * <pre>mvn -Pbench test -Dtest=ReadingAtSize -Dreading.entries=10000000 -Dreading.directory=/some/where/with/25-GB</pre>
 *
 * <p>The trail is kept in {@code reading.directory} and used again there; without that, it is gone afterwards. With {@code
 * reading.searches-only=true} nothing is exported. Results and
 * plans go to {@code target/reading-at-size.txt}. The database is the one that comes with the gateway, with its settings.
 */
class ReadingAtSize {
    private static final int RUNS = 20;
    private static final Pattern SCAN =
            Pattern.compile("(Index Only Scan|Index Scan|Seq Scan|Bitmap Heap Scan|Incremental Sort|Sort)(?: Backward)?"
                    + "(?: using (\\w+))?(?: on (\\w+))?.*\\(cost");

    private static final Path REPORT = Path.of("target/reading-at-size.txt");

    @Test
    void measure() throws Exception {
        long entries = Long.getLong("reading.entries", 300_000);
        say("%n%,d entries, %s", entries, Instant.now());
        String kept = System.getProperty("reading.directory");
        Path directory = kept == null ? Files.createTempDirectory("reading-at-size") : Path.of(kept);
        Path data = Files.createDirectories(directory).resolve("data");
        Vertx vertx = Vertx.vertx();
        try {
            grow(data, entries);
            // Started anew, the server has nothing in its buffers.
            try (EmbeddedDatabase database = EmbeddedDatabase.start(data)) {
                DatabaseAddress address = address(database, data);
                searches(vertx, address, new GrownTrail(address, entries), entries);
                if (!Boolean.getBoolean("reading.searches-only")) {
                    exports(data, entries);
                }
            }
        } finally {
            await(vertx.close());
            if (kept == null) {
                delete(directory);
            }
        }
    }

    private void grow(Path data, long entries) throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(data)) {
            DatabaseAddress address = address(database, data);
            assertThat(new Migrations(address).migrate()).doesNotHaveDuplicates();
            GrownTrail trail = new GrownTrail(address, entries);
            if (trail.rows("SELECT id FROM intent LIMIT 1").isEmpty()) {
                long started = System.nanoTime();
                trail.grow();
                say(
                        "Grown in %d s",
                        Duration.ofNanos(System.nanoTime() - started).toSeconds());
            }
            say(
                    "%,d intents, %,d outcomes, %s",
                    trail.number("SELECT count(*) FROM intent"),
                    trail.number("SELECT count(*) FROM outcome"),
                    trail.rows("SELECT pg_size_pretty(pg_database_size(current_database()))")
                            .get(0));
        }
    }

    private void searches(Vertx vertx, DatabaseAddress address, GrownTrail trail, long entries) throws Exception {
        PostgresReader reader = new PostgresReader(vertx, address);
        long middle = entries / 2 / 100 * 100 + 50;
        Map<String, EntryQuery> searches = new LinkedHashMap<>();
        EntryQuery newest = EntryQuery.newest(50);
        searches.put("nothing", newest);
        searches.put(
                "a day", newest.from(Instant.parse("2025-03-05T00:00:00Z")).to(Instant.parse("2025-03-06T00:00:00Z")));
        searches.put(
                "busiest bot",
                newest.having(
                        Subject.BOT, trail.rows("SELECT '28:' || md5('b0')").get(0)));
        searches.put(
                "rarest bot",
                newest.having(
                        Subject.BOT, trail.rows("SELECT '28:' || md5('b199')").get(0)));
        searches.put("no such bot", newest.having(Subject.BOT, "28:nobody"));
        searches.put("tenant", newest.having(Subject.TENANT, "tenant-7"));
        searches.put(
                "conversation",
                newest.having(
                        Subject.CONVERSATION,
                        trail.rows("SELECT '19:' || md5('c77') || '@thread.tacv2'")
                                .get(0)));
        searches.put(
                "activity",
                newest.having(
                        Subject.ACTIVITY,
                        trail.rows("SELECT activity_of(" + (middle + 7) + ")").get(0)));
        searches.put(
                "member",
                newest.having(
                        Subject.MEMBER, trail.rows("SELECT '29:' || md5('m50')").get(0)));
        searches.put("frequent operation", newest.having(Subject.OPERATION, "SendToConversation"));
        searches.put("rare operation", newest.having(Subject.OPERATION, "DeleteConversationMember"));
        searches.put("absent operation", newest.having(Subject.OPERATION, "UploadAttachment"));
        searches.put("request id", newest.having(Subject.REQUEST_ID, "request-" + middle));
        for (OutcomeStatus state : OutcomeStatus.values()) {
            searches.put("outcome " + state.text(), newest.withStatus(state));
        }
        searches.put(
                "busiest bot, failed",
                newest.having(
                                Subject.BOT,
                                trail.rows("SELECT '28:' || md5('b0')").get(0))
                        .withStatus(OutcomeStatus.FAILED));
        searches.put(
                "tenant, operation, a day",
                newest.having(Subject.TENANT, "tenant-7")
                        .having(Subject.OPERATION, "UpdateActivity")
                        .from(Instant.parse("2025-03-05T00:00:00Z"))
                        .to(Instant.parse("2025-03-06T00:00:00Z")));
        searches.put(
                "history of an activity",
                newest.having(
                                Subject.CHANGED_ACTIVITY,
                                trail.rows("SELECT activity_of(" + (middle + 7) + ")")
                                        .get(0))
                        .withBodies()
                        .inOldestFirstOrder());
        for (int i = 0; i < 50; i++) {
            // The client's own code gets warm, the database's buffers do not: it has nothing of July.
            await(reader.search(newest.from(Instant.parse("2025-07-01T00:00:00Z"))));
        }
        say(
                "| Filter | Entries | First, ms | Median of %d, ms | Slowest, ms | Planned and executed in the database, ms | Plan |",
                RUNS);
        say("|---|---|---|---|---|---|---|");
        List<String> plans = new ArrayList<>();
        for (Map.Entry<String, EntryQuery> search : searches.entrySet()) {
            double[] times = new double[RUNS];
            int found = 0;
            double first = 0;
            for (int run = -1; run < RUNS; run++) {
                long started = System.nanoTime();
                List<AuditEntry> page = await(reader.search(search.getValue())).entries();
                double millis = (System.nanoTime() - started) / 1e6;
                found = page.size();
                if (run < 0) {
                    first = millis;
                } else {
                    times[run] = millis;
                }
            }
            Arrays.sort(times);
            String plan = plan(vertx, address, search.getValue());
            plans.add("\n== " + search.getKey() + "\n" + plan);
            say(
                    "| %s | %d | %.0f | %.0f | %.0f | %s | %s |",
                    search.getKey(), found, first, times[RUNS / 2], times[RUNS - 1], inDatabase(plan), scans(plan));
        }
        write(String.join("", plans));
        say("load average %.1f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        await(reader.close());
    }

    /** As the reader's connections plan it. */
    private static String plan(Vertx vertx, DatabaseAddress address, EntryQuery query) {
        EntrySearch search = new EntrySearch(address.schema(), query, PostgresReader.PAGE_BYTES);
        return await(address.connect(vertx, "plan").compose(connection -> connection
                .query(PostgresReader.PREPARE)
                .execute()
                .compose(ready -> connection
                        .preparedQuery("EXPLAIN (ANALYZE, BUFFERS) " + search.sql())
                        .execute(search.parameters()))
                .map(rows -> {
                    StringBuilder plan = new StringBuilder();
                    rows.forEach(row -> plan.append(row.getString(0)).append('\n'));
                    return plan.toString();
                })
                .eventually(connection::close)));
    }

    private static String inDatabase(String plan) {
        Matcher times =
                Pattern.compile("(?:Planning|Execution) Time: ([0-9.]+) ms").matcher(plan);
        return times.results().map(time -> time.group(1)).collect(Collectors.joining(" + "));
    }

    /** Which indexes lead to the entries; partitions' indexes by their table's. */
    private static String scans(String plan) {
        Set<String> scans = new LinkedHashSet<>();
        for (String line : plan.lines().toList()) {
            Matcher scan = SCAN.matcher(line);
            if (!line.contains("never executed") && !line.contains("_default") && scan.find()) {
                String what = scan.group(2) != null ? scan.group(2) : scan.group(3);
                String how = scan.group(2) != null ? "" : scan.group(1).toLowerCase(Locale.ROOT) + " ";
                scans.add(what == null ? how.strip() : how + what.replaceAll("_2025_\\d\\d", ""));
            }
        }
        return String.join(", ", scans);
    }

    /** By the command, in a JVM whose heap could not hold it. */
    private void exports(Path data, long entries) throws Exception {
        for (List<String> options : List.of(
                List.of("--format", "ndjson"), List.of("--format", "csv"), List.of("--format", "ndjson", "--body"))) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-Xlog:gc*:file=" + data.resolveSibling("gc" + String.join("", options) + ".log"),
                    "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    "dev.botgate.cli.Botgate",
                    "audit",
                    "export"));
            command.addAll(options);
            Process export = export(command, data);
            String said = new String(export.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            say(
                    "export %s with -Xmx256m: exit %d, %s; %s; load average %.1f",
                    String.join(" ", options),
                    export.waitFor(),
                    said.lines()
                            .filter(line -> line.contains(" entries, "))
                            .findFirst()
                            .orElse(said),
                    heapAfterCollections(data.resolveSibling("gc" + String.join("", options) + ".log")),
                    ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        }
        assertThat(entries).isPositive();
    }

    private static Process export(List<String> command, Path data) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(data.resolveSibling("").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment()
                .put("BOTGATE_DATABASE_DATA_DIRECTORY", data.toAbsolutePath().toString());
        return builder.start();
    }

    /** What was left in the heap after each collection, in tenths of the run. */
    private static String heapAfterCollections(Path log) throws IOException {
        Pattern pause = Pattern.compile("Pause .*?\\d+M->(\\d+)M\\(");
        List<Integer> left = Files.readAllLines(log).stream()
                .map(pause::matcher)
                .filter(Matcher::find)
                .map(found -> Integer.parseInt(found.group(1)))
                .toList();
        List<String> tenths = new ArrayList<>();
        for (int tenth = 0; tenth < 10 && !left.isEmpty(); tenth++) {
            tenths.add(left
                            .subList(
                                    tenth * left.size() / 10,
                                    Math.max(tenth * left.size() / 10 + 1, (tenth + 1) * left.size() / 10))
                            .stream()
                            .mapToInt(Integer::intValue)
                            .max()
                            .orElse(0)
                    + "");
        }
        return "most MiB in use after a collection, in each tenth of the run: " + String.join(" ", tenths);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path file : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static DatabaseAddress address(EmbeddedDatabase database, Path data) {
        return new DatabaseAddress(
                database.url(),
                new DatabaseSettings(
                        database.url(),
                        database.user(),
                        database.password(),
                        "botgate",
                        data,
                        Duration.ofSeconds(5),
                        true));
    }

    private static void say(String format, @Nullable Object... values) throws IOException {
        write(String.format(Locale.ROOT, format, values));
    }

    /** As it comes: a long run may be cut short. */
    private static void write(String text) throws IOException {
        assertThat(Files.writeString(
                        REPORT,
                        text + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND))
                .exists();
    }
}
