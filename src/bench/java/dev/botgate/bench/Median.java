package dev.botgate.bench;

import java.util.Arrays;
import java.util.Collection;

/** The middle of some figures; of an even number of them the mean of the two in the middle. */
public final class Median {
    private Median() {}

    public static double of(Collection<? extends Number> figures) {
        return of(figures.stream().mapToDouble(Number::doubleValue).toArray());
    }

    public static double of(double... figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
