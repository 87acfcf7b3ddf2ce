package dev.botgate.exchange;

/**
 * A string inside a JSON document, with its place, so that it can be replaced and every other byte kept.
 *
 * @param start the offset in bytes of the opening quote
 * @param end the offset in bytes just after the closing quote
 * @param value the string, its escapes resolved
 */
public record JsonStringSpan(int start, int end, String value) {}
