package dev.botgate.endtoend.fleet;

import dev.botgate.endtoend.fleet.Arrivals.Rule;
import dev.botgate.endtoend.fleet.FleetLoad.LoadBot;
import dev.botgate.ratelimit.Window;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * How large a run is.
 *
 * @param seconds how long everything is oversubscribed before anything is broken
 * @param times by how much
 * @param hold how long gateways hold back when Redis went and came back
 * @param settings of the gateways' rate control
 * @param rules what these settings promise of one bot in one conversation, of a conversation, and of a bot, in this order
 */
record FleetScale(int seconds, int times, String hold, String settings, List<Rule> rules) {

    /** The Teams preset for so many seconds; without {@code fleet.seconds}, windows that some seconds are enough for. */
    static FleetScale asked() {
        int seconds = Integer.getInteger("fleet.seconds", 0);
        return seconds > 0 ? teams(seconds) : small();
    }

    private static FleetScale teams(int seconds) {
        int margin = Integer.getInteger("fleet.margin", 40);
        return new FleetScale(
                seconds,
                10,
                "30s",
                "presets: { teams: { upstreams: [sandbox], margin: %dms } }".formatted(margin),
                rules("7/1s, 8/2s, 60/30s, 1800/3600s", "14/1s, 16/2s", "50/1s"));
    }

    /** Wide margins, since this has to hold on a machine that does other things. */
    private static FleetScale small() {
        String own = "5/1s, 6/2s, 9/3s";
        String shared = "10/1s, 12/2s";
        String tenant = "20/1s";
        String limit = "%s: { count-by: [%s], windows: \"%s\", maximum-wait: 3s, margin: 400ms }";
        return new FleetScale(
                10,
                4,
                "4s",
                String.join(
                        "\n",
                        "presets: { teams: { upstreams: [] } }",
                        "limits:",
                        "  " + limit.formatted("own", "bot, conversation", own),
                        "  " + limit.formatted("shared", "conversation", shared),
                        "  " + limit.formatted("tenant", "bot, tenant", tenant)),
                rules(own, shared, tenant));
    }

    private static List<Rule> rules(String own, String shared, String tenant) {
        return List.of(
                new Rule("bot and conversation", arrival -> arrival.bot() + " " + arrival.conversation(), own),
                new Rule("conversation", Arrivals.Arrival::conversation, shared),
                new Rule("bot and tenant", Arrivals.Arrival::bot, tenant));
    }

    /**
     * Whether it is long enough, and its margins are small enough, that windows and their use are held to what is promised by
     * the connector's clock. That takes a machine with nothing else to do: one that lets processes stand for longer than the
     * margin exceeds windows.
     */
    boolean isFull() {
        return seconds >= 90;
    }

    /** The part of the tightest limit that has to be used in a full run. */
    double leastUse() {
        return 0.95;
    }

    /** How long the gateways' compilers work first; windows have to be kept then, too. */
    int warmUpSeconds() {
        return isFull() ? 20 : 2;
    }

    /** How even bots' parts have to be. */
    double leastJain() {
        return isFull() ? 0.95 : 0.7;
    }

    /** Many times as many requests as the tightest limit of each group of bots lets through. */
    List<LoadBot> askers() {
        List<LoadBot> askers = new ArrayList<>();
        for (BotGroup group : BotGroup.values()) {
            double perSecond = times * group.allowed(this);
            for (int bot = 0; bot < group.bots(); bot++) {
                for (int conversation = 0; conversation < group.conversations(this); conversation++) {
                    askers.add(new LoadBot(
                            group + "-" + bot,
                            group + "-" + (group == BotGroup.ALONE ? bot : conversation),
                            perSecond / group.bots() / group.conversations(this)));
                }
            }
        }
        return askers;
    }

    /** Bots that are held back by the same kind of limit. */
    enum BotGroup {
        /** Each in a conversation of its own. */
        ALONE(3),
        /** All in one conversation. */
        TOGETHER(6),
        /** One that sends to so many conversations that its tenant's limit is the tightest. */
        CASTER(1);

        private final int bots;

        BotGroup(int bots) {
            this.bots = bots;
        }

        int bots() {
            return bots;
        }

        int conversations(FleetScale scale) {
            return this == CASTER
                    ? (int) (1.6
                            * allowed(scale)
                            / perSecond(tightest(scale.rules().get(0))))
                    : 1;
        }

        /** How many counts of its limit this group draws on. */
        int scopes() {
            return this == ALONE ? bots : 1;
        }

        Rule rule(FleetScale scale) {
            return scale.rules()
                    .get(
                            switch (this) {
                                case ALONE -> 0;
                                case TOGETHER -> 1;
                                case CASTER -> 2;
                            });
        }

        /** The window that allows least in the run. */
        Window tightest(FleetScale scale) {
            return tightest(rule(scale), scale.seconds());
        }

        private static Window tightest(Rule rule) {
            return tightest(rule, 60);
        }

        private static Window tightest(Rule rule, int seconds) {
            return rule.windows().stream()
                    .filter(window -> window.length().toSeconds() <= seconds)
                    .min(Comparator.comparingDouble(BotGroup::perSecond))
                    .orElseThrow();
        }

        /** How many requests of the whole group its tightest limit lets through in a second. */
        double allowed(FleetScale scale) {
            return scopes() * perSecond(tightest(scale));
        }

        private static double perSecond(Window window) {
            return window.permits() * 1_000.0 / window.length().toMillis();
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
