package dev.botgate.bench;

import dev.botgate.bench.Bench.IdleConnectionsBench;
import dev.botgate.bench.Requests.Samples;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What is asked, over how many connections, and which gateways and other proxies are asked besides the yardstick.
 *
 * @param id how {@code -Dbench.workloads} names it
 */
record Workload(
        String id,
        String title,
        int connections,
        Supplier<Requests> requests,
        List<Variant> variants,
        List<Rival> rivals) {
    /** Those whose members are asked for. */
    static final int CONVERSATIONS = 10_000;

    /** Two event loops, the upstream, and the load generator each need one, and PostgreSQL and the yardstick are not gone. */
    private static final int PROCESSORS_FOR_TWO_LOOPS = 5;

    private static final Set<String> MUTATING = Set.of("post", "post-journal", "xml");

    /** What idle connections have asked for; on the JVM, where what they hold can be told from what is free. */
    static final Workload IDLE = new Workload(
            "idle",
            "10,000 connections",
            IdleConnectionsBench.TOGETHER,
            Workload::passThrough,
            List.of(Variant.SHIPPED),
            List.of());

    // spotless:off
    private static final List<Workload> ALL = List.of(
            new Workload("get", "a GET that passes through, 12 kB",
                    32, Workload::passThrough, List.of(Variant.SHIPPED), List.of(Rival.NGINX, Rival.HAPROXY)),
            new Workload("get-1", "the same over 1 connection",
                    1, Workload::passThrough, List.of(Variant.SHIPPED), List.of()),
            new Workload("get-1000", "the same over 1,000 connections",
                    1_000, Workload::passThrough, List.of(Variant.SHIPPED), List.of()),
            new Workload("list", "a member list, forwarded, 12 kB; 10,000 conversations",
                    32, Workload::lists, List.of(Variant.UNCACHED, Variant.LIMITED), List.of()),
            new Workload("list-redis", "the same, limits in Redis",
                    32, Workload::lists, List.of(Variant.LIMITED_IN_REDIS), List.of()),
            new Workload("hit", "a member list from the cache",
                    32, Workload::list, List.of(Variant.SHIPPED), List.of(Rival.NGINX_CACHE)),
            new Workload("zipf", "member lists of 10,000 conversations by popularity, more than the cache holds",
                    32, Workload::lists, List.of(Variant.SHIPPED), List.of(Rival.NGINX_CACHE)),
            new Workload("post", "a JSON POST, 1.5 kB, recorded and not",
                    32, Workload::json, List.of(Variant.SHIPPED, Variant.UNRECORDED), List.of(Rival.NGINX, Rival.HAPROXY)),
            new Workload("post-journal", "a JSON POST, in journal mode",
                    32, Workload::json, List.of(Variant.JOURNALING), List.of()),
            new Workload("xml", "an XML POST, 1.5 kB, recorded",
                    32, Workload::xml, List.of(Variant.SHIPPED), List.of()),
            new Workload("loops", "a GET that passes through, on one event loop and on two",
                    64, Workload::passThrough, List.of(Variant.SHIPPED, Variant.TWO_LOOPS), List.of()));
    // spotless:on

    Workload {
        variants = List.copyOf(variants);
        rivals = List.copyOf(rivals);
    }

    /**
     * What is measured where nobody chooses.
     *
     * @param pinned whether what is measured has one processor only
     */
    static List<Workload> all(int processors, boolean pinned) {
        return ALL.stream()
                .filter(workload -> !workload.isForLoops() || (processors >= PROCESSORS_FOR_TWO_LOOPS && !pinned))
                .toList();
    }

    /** The workload that is called so, such as {@code get-1}. */
    static Workload named(String name) {
        return ALL.stream()
                .filter(workload -> workload.id.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("bench.workloads: " + name + " (expected: of "
                        + ALL.stream().map(Workload::id).toList() + ", micro, idle and soak)"));
    }

    /** Whether it compares numbers of event loops. */
    boolean isForLoops() {
        return id.equals("loops");
    }

    /** Whether it asks for what is recorded. */
    boolean mutates() {
        return MUTATING.contains(id);
    }

    private static Requests passThrough() {
        return Requests.inTurn(1, i -> Requests.get("/v3/teams/19:benchmark@thread.tacv2/conversations"));
    }

    private static Requests list() {
        return Requests.inTurn(1, i -> Requests.get(members(i)));
    }

    private static Requests lists() {
        return Requests.zipf(CONVERSATIONS, i -> Requests.get(members(i)));
    }

    /** The list of each conversation, in turn. */
    static Requests everyList() {
        return Requests.inTurn(CONVERSATIONS, i -> Requests.get(members(i)));
    }

    private static Requests json() {
        String body = Samples.activityJson();
        return Requests.inTurn(100, i -> Requests.post(activities(i), "application/json; charset=utf-8", body));
    }

    private static Requests xml() {
        String body = Samples.activityXml();
        return Requests.inTurn(100, i -> Requests.post(activities(i), "application/xml", body));
    }

    private static String members(int conversation) {
        return "/v3/conversations/19%3Abenchmark" + conversation + "%40thread.tacv2/members";
    }

    static String activities(int conversation) {
        return "/v3/conversations/19%3Abenchmark" + conversation + "%40thread.tacv2/activities";
    }
}
