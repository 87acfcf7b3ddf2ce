package dev.botgate.normalize.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.botgate.normalize.json.JsonChecker.JsonLimits;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Measures the CPU time of checking one JSON body: by {@link JsonChecker}, and by Jackson's strict streaming parser, which is given
 * less to do: it compares names with three properties instead of the schema. Jackson accepts UTF-8 that RFC 3629 forbids, so the
 * bytes are checked before.
 */
public final class JsonCheckComparison {
    private static final JsonFactory JACKSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final int ROUNDS = 9;
    private static final long ROUND_NANOS = 400_000_000;

    private interface Check {
        int check() throws IOException;
    }

    private JsonCheckComparison() {}

    public static void main(String[] arguments) throws IOException {
        JsonLimits limits = new JsonLimits(128, 1_000_000, 100_000, 16 << 20);
        JsonChecker checker = new JsonChecker(limits, Schema.connector(), "Activity");
        for (int size : new int[] {1_000, 100_000}) {
            byte[] body = activity(size).getBytes(StandardCharsets.UTF_8);
            Buffer buffer = Buffer.buffer(body);
            Check own = () -> checker.check(buffer).serviceUrls().size();
            Check jackson = () -> jackson(body);
            if (own.check() != 1 || jackson.check() != 1) {
                throw new IllegalStateException("The checks differ");
            }
            double[] ours = new double[ROUNDS];
            double[] theirs = new double[ROUNDS];
            for (int i = -3; i < ROUNDS; i++) {
                double one = nanosEach(own);
                double other = nanosEach(jackson);
                if (i >= 0) {
                    ours[i] = one;
                    theirs[i] = other;
                }
            }
            System.out.printf(
                    "%d bytes: own %.2f us, Jackson %.2f us (medians of %d)%n",
                    body.length, median(ours) / 1_000, median(theirs) / 1_000, ROUNDS);
        }
    }

    private static int jackson(byte[] json) throws IOException {
        if (Utf8.firstInvalid(json, 0, json.length) >= 0) {
            throw new IOException("not UTF-8");
        }
        int depth = 0;
        int values = 0;
        int serviceUrls = 0;
        boolean namesMembers = false;
        try (JsonParser parser = JACKSON.createParser(json)) {
            boolean serviceUrl = false;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case FIELD_NAME -> {
                        String name = parser.currentName();
                        serviceUrl = name.equalsIgnoreCase("serviceUrl");
                        namesMembers |=
                                name.equalsIgnoreCase("membersAdded") || name.equalsIgnoreCase("membersRemoved");
                    }
                    case START_OBJECT, START_ARRAY -> {
                        values++;
                        depth++;
                        serviceUrl = false;
                    }
                    case END_OBJECT, END_ARRAY -> depth--;
                    default -> {
                        values++;
                        if (serviceUrl && !parser.getText().isEmpty()) {
                            serviceUrls++;
                        }
                        serviceUrl = false;
                    }
                }
                if (depth > 128 || values > 1_000_000) {
                    throw new IOException("too large");
                }
            }
        }
        return namesMembers ? -1 : serviceUrls;
    }

    private static double nanosEach(Check check) throws IOException {
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        int count = 0;
        int sum = 0;
        long spent;
        do {
            for (int i = 0; i < 50; i++) {
                sum += check.check();
            }
            count += 50;
            spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin;
        } while (spent < ROUND_NANOS);
        if (sum != count) {
            throw new IllegalStateException("The checks differ");
        }
        return (double) spent / count;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** An activity of about {@code size} bytes: two thirds of it text, the rest the members that a bot sends. */
    private static String activity(int size) {
        StringBuilder json = new StringBuilder(
                "{\"type\":\"message\",\"serviceUrl\":\"https://smba.trafficmanager.net/teams/\","
                        + "\"from\":{\"id\":\"28:11111111-2222-3333-4444-555555555555\",\"name\":\"bot\"},"
                        + "\"conversation\":{\"id\":\"19:abcdef0123456789@thread.v2\",\"isGroup\":true,\"tenantId\":\"99999999\"},"
                        + "\"recipient\":{\"id\":\"29:1abcdefghijk\",\"name\":\"A person\"},\"locale\":\"en-US\",\"entities\":[");
        for (int i = 0; json.length() < size / 3 || i == 0; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"type\":\"mention\",\"mentioned\":{\"id\":\"29:")
                    .append(i)
                    .append("\",\"name\":\"Person ")
                    .append(i)
                    .append("\"},\"text\":\"<at>Person</at>\",\"position\":")
                    .append(i)
                    .append(".5}");
        }
        json.append("],\"text\":\"");
        while (json.length() < size - 2) {
            json.append("Some words of a message, with an \\\"escape\\\" and a line\\n");
        }
        return json.append("\"}").toString();
    }
}
