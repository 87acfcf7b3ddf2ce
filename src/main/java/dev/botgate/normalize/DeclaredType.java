package dev.botgate.normalize;

import dev.botgate.schema.Schema;
import dev.botgate.schema.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an element's own attributes say of it: {@code i:nil} and {@code i:type}.
 *
 * @param notNil whether it says that it is not null, though it may be empty: by {@code i:nil="false"}, or by a type
 * @param type its type, where it names one that is known
 * @param literal how its text is read, where it names a scalar
 */
record DeclaredType(boolean nil, boolean notNil, @Nullable Type type, @Nullable Literal literal) {
    static final DeclaredType NONE = new DeclaredType(false, false, null, null);
    static final DeclaredType NIL = new DeclaredType(true, false, null, null);
    static final DeclaredType NOT_NIL = new DeclaredType(false, true, null, null);

    private static final String XML_SCHEMA = "http://www.w3.org/2001/XMLSchema";
    private static final String SERIALIZATION = "http://schemas.microsoft.com/2003/10/Serialization/";
    private static final String LIST = "ArrayOf";
    private static final String DICTIONARY = "ArrayOfKeyValueOf";

    /** What the qualified name stands for; {@link #NONE} where that says nothing that the text does not. */
    static DeclaredType of(Schema schema, String namespace, String name) {
        if (namespace.equals(XML_SCHEMA)) {
            return scalar(name).map(DeclaredType::literal).orElse(NONE);
        }
        if (namespace.equals(SERIALIZATION)) {
            return name.equals("char")
                    ? literal(Literal.CHARACTER)
                    : scalar(name).map(DeclaredType::literal).orElse(NONE);
        }
        if (name.equals("DateTimeOffset")) {
            return type(Type.Scalar.DATE_TIME);
        }
        if (name.startsWith(DICTIONARY)) {
            return type(new Type.MapOf(new Type.Anything()));
        }
        if (name.startsWith(LIST)) {
            return type(new Type.ListOf(item(schema, name.substring(LIST.length()))));
        }
        return schema.model(name)
                .map(model -> type(new Type.Reference(model.name())))
                .orElse(NONE);
    }

    private static DeclaredType type(Type type) {
        return new DeclaredType(false, true, type, null);
    }

    private static DeclaredType literal(Literal literal) {
        return new DeclaredType(false, true, null, literal);
    }

    private static Type item(Schema schema, String name) {
        return switch (name.isEmpty() ? name : Character.toLowerCase(name.charAt(0)) + name.substring(1)) {
            case "string" -> Type.Scalar.STRING;
            case "boolean" -> Type.Scalar.BOOLEAN;
            case "int", "long", "short" -> Type.Scalar.INTEGER;
            case "double", "float", "decimal" -> Type.Scalar.NUMBER;
            case "dateTimeOffset" -> Type.Scalar.DATE_TIME;
            default ->
                schema.model(name)
                        .<Type>map(model -> new Type.Reference(model.name()))
                        .orElseGet(Type.Anything::new);
        };
    }

    private static Optional<Literal> scalar(String name) {
        return switch (name) {
            case "boolean" -> Optional.of(Literal.BOOLEAN);
            case "byte",
                    "short",
                    "int",
                    "long",
                    "integer",
                    "unsignedByte",
                    "unsignedShort",
                    "unsignedInt",
                    "unsignedLong",
                    "nonNegativeInteger",
                    "positiveInteger",
                    "nonPositiveInteger",
                    "negativeInteger" -> Optional.of(Literal.INTEGER);
            case "decimal", "double", "float" -> Optional.of(Literal.NUMBER);
            case "anyType" -> Optional.empty();
            default -> Optional.of(Literal.TEXT);
        };
    }
}
