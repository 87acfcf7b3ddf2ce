package dev.botgate.schema;

/** The type of a property. */
public sealed interface PropertyType {

    /** A value without parts. Enumerations are strings: clients send values that the document does not list. */
    enum Scalar implements PropertyType {
        STRING,
        /** Text that is kept as it is, since parsing would lose digits and offsets. */
        DATE_TIME,
        /** Base64 text. */
        BYTE,
        BOOLEAN,
        INT32,
        INTEGER,
        NUMBER
    }

    /** JSON of any shape: what the document calls {@code object} without further details. */
    record Anything() implements PropertyType {}

    /** An object of the model of that name. */
    record Reference(String model) implements PropertyType {}

    record ListOf(PropertyType item) implements PropertyType {}

    /** An object with names that the client chooses, and values of one type. */
    record MapOf(PropertyType value) implements PropertyType {}
}
