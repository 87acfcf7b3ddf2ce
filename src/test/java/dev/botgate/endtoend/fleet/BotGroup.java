package dev.botgate.endtoend.fleet;

import dev.botgate.endtoend.fleet.Arrivals.Rule;
import dev.botgate.ratelimit.Window;
import java.util.Comparator;
import java.util.Locale;

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
                ? (int) (1.6 * allowed(scale) / perSecond(tightest(scale.rules().get(0))))
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
