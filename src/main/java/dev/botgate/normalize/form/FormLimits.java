package dev.botgate.normalize.form;

import dev.botgate.normalize.json.JsonLimits;

/**
 * The limits of one form.
 *
 * @param maxFields how many fields, and how many different names, it may have
 * @param maxValues how many values its JSON may have
 * @param maxDepth how deep the values may nest
 * @param maxOpenNames how many names the open objects of JSON in a field may have
 * @param maxTextBytes the longest single text, in bytes of UTF-8
 */
public record FormLimits(int maxFields, int maxValues, int maxDepth, int maxOpenNames, int maxTextBytes) {

    /** The limits of JSON in a field that is nested {@code depth} deep, in a form that has {@code values} values already. */
    JsonLimits ofNestedJson(int depth, int values) {
        return new JsonLimits(maxDepth - depth, maxValues - values, maxOpenNames, maxTextBytes);
    }
}
