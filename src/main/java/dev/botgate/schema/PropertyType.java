package dev.botgate.schema;

/** What a property holds. */
public sealed interface PropertyType {

    /** A value without parts. Enumerations are strings: clients send values that the document does not list. */
    enum Scalar implements PropertyType {
        STRING,
        /** Text; never re-typed, since that loses digits and offsets. */
        DATE_TIME,
        /** Base64 text. */
        BYTE,
        BOOLEAN,
        INT32,
        INTEGER,
        NUMBER
    }

    /** JSON of any shape: what the document calls {@code object} and says no more of. */
    record Anything() implements PropertyType {}

    /** An object of the model named so. */
    record Reference(String model) implements PropertyType {}

    record ListOf(PropertyType item) implements PropertyType {}

    /** An object whose names are free, and whose values are all of one type. */
    record MapOf(PropertyType value) implements PropertyType {}
}
