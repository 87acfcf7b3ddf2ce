package dev.botgate.schema;

/**
 * A listed property of a model.
 *
 * @param name as JSON spells it, in camel case
 */
public record ModelProperty(String name, PropertyType type) {}
