package dev.botgate.normalize.json;

/**
 * The limits of one JSON document.
 *
 * @param maxDepth how deep objects and arrays may nest
 * @param maxValues how many values of any kind it may have
 * @param maxOpenNames how many names the objects that are open at once may have
 * @param maxTextBytes the longest string or number, in bytes as it is written
 */
public record JsonLimits(int maxDepth, int maxValues, int maxOpenNames, int maxTextBytes) {
    static final JsonLimits NONE =
            new JsonLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
}
