package dev.botgate.ratelimit;

import dev.botgate.failure.SettingCheck;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a limit keeps a count of its own for. */
public enum CountBy {
    BOT,
    TENANT,
    CONVERSATION,
    UPSTREAM;

    /** Settings' names to choices. */
    static Set<CountBy> parse(List<String> names) {
        Set<CountBy> parsed = EnumSet.noneOf(CountBy.class);
        for (String name : names) {
            parsed.add(Arrays.stream(values())
                    .filter(choice -> choice.id().equalsIgnoreCase(name))
                    .findFirst()
                    .orElseThrow(() -> SettingCheck.refused(
                            "count-by",
                            "\"" + name + "\"",
                            "any of " + Arrays.stream(values()).map(CountBy::id).collect(Collectors.joining(", ")))));
        }
        return parsed;
    }

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
