package dev.botgate.bench;

import java.util.Locale;

/** A gateway of one configuration, and what it sets besides addresses. */
enum Variant {
    /**
     * As shipped. Its limits match the connectors that Teams and others have and so not the benchmark's: else they would
     * refuse the load. What limits cost is measured by {@link #LIMITED}.
     */
    SHIPPED("gateway", ""),
    /** Nothing is recorded of any mutation. */
    UNRECORDED("not recorded", ""),
    /** Every member list is asked for anew. */
    UNCACHED("gateway", uncached()),
    /**
     * The same, and as many limits as Teams has, wide enough for the load; their windows are short, so that a scope
     * remembers no more admissions than one that is asked for a thousand times less often would in an hour.
     */
    LIMITED("with limits", uncached() + limits("memory")),
    LIMITED_IN_REDIS("with limits in Redis", uncached() + limits("redis")),
    /** As shipped, on two event loops. */
    TWO_LOOPS("two event loops", ""),
    /** Its database gone, so that everything is recorded in the journal. */
    JOURNALING("in journal mode", "");

    private final String title;
    private final String settings;

    Variant(String title, String settings) {
        this.title = title;
        this.settings = settings;
    }

    String title() {
        return title;
    }

    /** How files of it are called. */
    String id() {
        return "gateway-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String settings() {
        return settings;
    }

    /** On how many event loops it runs. */
    int eventLoops() {
        return this == TWO_LOOPS ? 2 : 1;
    }

    /** Whether it records mutations in the PostgreSQL that all share. */
    boolean recordsInPostgres() {
        return this != UNRECORDED && this != JOURNALING;
    }

    private static String uncached() {
        return "cache: { conversation-members: { fresh-for: 0s } }\n";
    }

    private static String limits(String store) {
        return """
            ratelimit:
              store: %s
              limits:
                send:
                  match: { upstreams: [bench] }
                  count-by: [bot, conversation]
                  windows: 20000/1s, 30000/2s, 40000/3s, 50000/4s
                  margin: 1s
                conversation:
                  match: { upstreams: [bench] }
                  count-by: [conversation]
                  windows: 20000/1s, 30000/2s
                  margin: 1s
                tenant:
                  match: { upstreams: [bench] }
                  count-by: [bot, tenant]
                  windows: 200000/1s
                  margin: 1s
            """
                .formatted(store);
    }
}
