package dev.botgate.hammer;

import dev.botgate.audit.AuditAnswer;
import dev.botgate.audit.OutagePolicy;
import dev.botgate.sandbox.ReceivedRequest;
import dev.botgate.testing.TestDatabase;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares what the connector received and what clients were answered with what the trail says. */
final class TrailComparison {
    private static final DateTimeFormatter POSTGRES = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
            .appendOffset("+HH:mm", "+00")
            .toFormatter();

    private final TestDatabase database;
    private final OutagePolicy policy;
    private final boolean outcomeFirst;

    /** @param policy without a journal, an intent is durable once it is committed, and the database tells when that was */
    TrailComparison(TestDatabase database, OutagePolicy policy, AuditAnswer answer) {
        this.database = database;
        this.policy = policy;
        this.outcomeFirst = answer == AuditAnswer.RECORDED;
    }

    private record Recorded(Instant at, Instant committed, String close, String error) {}

    /** How many intents have no outcome. */
    long open() {
        return database.number("SELECT count(*) FROM botgate.intent i WHERE NOT EXISTS"
                + " (SELECT FROM botgate.outcome o WHERE o.intent_at = i.at AND o.intent_id = i.id)");
    }

    /** What is wrong; empty when the trail has kept its promise for the URIs that {@code answers} has. */
    List<String> faults(String name, List<ReceivedRequest> received, Map<String, HammerLoad.Answer> answers) {
        List<String> faults = new ArrayList<>(doubles());
        Map<String, Recorded> trail = trail(name);
        Set<String> uris = new HashSet<>();
        for (ReceivedRequest one : received) {
            String uri = one.uri();
            Recorded recorded = trail.get(uri);
            if (!uris.add(uri)) {
                faults.add(uri + " was received twice");
            }
            if (recorded == null) {
                faults.add(uri + " was received, and has no intent");
            } else if (recorded.at().isAfter(one.arrivedAt())) {
                faults.add(uri + " was received at " + one.arrivedAt() + ", and its intent is of " + recorded.at());
            } else if (policy == OutagePolicy.REFUSE && recorded.committed().isAfter(one.arrivedAt())) {
                faults.add(uri + " was received at " + one.arrivedAt() + ", and its intent committed at "
                        + recorded.committed());
            } else if (recorded.close().equals("failed")) {
                faults.add(uri + " was received, and is closed as failed with " + recorded.error());
            }
        }
        trail.forEach((uri, recorded) -> {
            if (recorded.close().isEmpty()) {
                faults.add(uri + " has no outcome");
            } else if (recorded.close().equals("succeeded") && !uris.contains(uri)) {
                faults.add(uri + " is closed as succeeded, and was never received");
            }
        });
        answers.forEach((uri, answer) -> {
            int status = answer.status();
            if (status == 201 && !trail.containsKey(uri)) {
                faults.add(uri + " was answered 201, and has no intent");
            } else if (status == 201 && outcomeFirst && !trail.get(uri).close().equals("succeeded")) {
                faults.add(uri + " was answered 201, and is closed as "
                        + trail.get(uri).close());
            } else if (status == 503 && uris.contains(uri)) {
                faults.add(uri + " was answered 503, and was received");
            }
        });
        return faults;
    }

    private List<String> doubles() {
        List<String> faults = new ArrayList<>();
        for (String key : List.of("id", "(run, sequence)")) {
            long doubles = database.number("SELECT count(*) - count(DISTINCT " + key + ") FROM botgate.intent");
            if (doubles > 0) {
                faults.add(doubles + " intents share their " + key);
            }
        }
        long orphans = database.number("SELECT count(*) FROM botgate.outcome o WHERE NOT EXISTS"
                + " (SELECT FROM botgate.intent i WHERE o.intent_at = i.at AND o.intent_id = i.id)");
        if (orphans > 0) {
            faults.add(orphans + " outcomes have no intent");
        }
        return faults;
    }

    private Map<String, Recorded> trail(String name) {
        Map<String, Recorded> trail = new HashMap<>();
        for (String row : database.rows("SELECT i.uri, i.at AT TIME ZONE 'UTC',"
                + " pg_xact_commit_timestamp(i.xmin) AT TIME ZONE 'UTC', o.close, o.error FROM botgate.intent i"
                + " LEFT JOIN botgate.outcome o ON o.intent_at = i.at AND o.intent_id = i.id"
                + " WHERE i.uri LIKE '/v3/conversations/" + name + "-%'")) {
            String[] fields = row.split("\\|", -1);
            Recorded recorded = new Recorded(time(fields[1]), time(fields[2]), fields[3], fields[4]);
            if (trail.put(fields[0], recorded) != null) {
                throw new AssertionError(fields[0] + " has two intents or outcomes");
            }
        }
        return trail;
    }

    private static Instant time(String text) {
        return OffsetDateTime.parse(text + "+00", POSTGRES).toInstant();
    }
}
