package dev.botgate.schema;

/** What a property holds. */
public sealed interface Type {

    /** A value without parts. Enumerations are strings: clients send values that the document does not list. */
    enum Scalar implements Type {
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
    record Anything() implements Type {}

    /** An object of the model named so. */
    record Reference(String model) implements Type {}

    record ListOf(Type item) implements Type {}

    /** An object whose names are free, and whose values are all of one type. */
    record MapOf(Type value) implements Type {}
}
