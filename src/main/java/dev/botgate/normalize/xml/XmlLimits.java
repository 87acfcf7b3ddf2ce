package dev.botgate.normalize.xml;

/**
 * The limits of one XML document.
 *
 * @param maxDepth how deep elements may nest
 * @param maxElements how many elements it may have
 * @param maxNames how many different names it may have
 * @param maxTextBytes the longest single text, in bytes of UTF-8
 */
public record XmlLimits(int maxDepth, int maxElements, int maxNames, int maxTextBytes) {}
