package dev.botgate.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known name that is nearest to an unknown one. Letter case and separators are ignored. */
public final class NearestName {
    private NearestName() {}

    /** The nearest of {@code known}, however far; empty only when {@code known} is. */
    public static Optional<String> of(String unknown, Collection<String> known) {
        return known.stream().min(Comparator.comparingInt(name -> distance(unknown, name)));
    }

    /** The nearest of {@code known}, if it is near enough to be a typing error. */
    static Optional<String> within(String unknown, Collection<String> known) {
        int typos = Math.max(2, unknown.length() / 3);
        return of(unknown, known)
                .filter(name -> distance(unknown, name) <= Math.min(typos, Math.max(1, name.length() / 2)));
    }

    /** The number of inserted, deleted, replaced and swapped characters (optimal string alignment). */
    static int distance(String left, String right) {
        String a = bare(left);
        String b = bare(right);
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }

    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
    }
}
