package dev.botgate.gateway;

import dev.botgate.audit.Recording;
import dev.botgate.audit.RedactionSettings;
import dev.botgate.audit.redaction.JsonPointer;
import dev.botgate.config.NearestName;
import dev.botgate.operation.Operation;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pointers of {@code audit.redact} that match no field of the connector's schema. They are probably mistakes, and redact
 * nothing. Bodies that the schema leaves open, and those of {@code other}, are not checked.
 */
final class UnmatchedPointers {
    private static final Logger LOG = LoggerFactory.getLogger(UnmatchedPointers.class);

    /** The schema gives an entity only its {@code type}; its other fields depend on that, as in Mention and Place. */
    private static final Set<String> OPEN = Set.of("Entity");

    /** Logs a warning for each such pointer, and for mutations that are not recorded. */
    static void warn(Recording recording, RedactionSettings settings, Schema schema) {
        if (!recording.unrecorded().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("operations", String.join(", ", recording.unrecorded()))
                    .log("Mutations by these operations are not recorded");
        }
        of(settings, schema).forEach(unmatched -> LOG.atWarn()
                .addKeyValue("pointer", unmatched.pointer())
                .addKeyValue("operation", unmatched.operation())
                .addKeyValue("nearest", unmatched.nearest().orElse("none, since it has no body"))
                .log("A pointer of audit.redact matches no field of the connector's schema"));
    }

    static List<Unmatched> of(RedactionSettings settings, Schema schema) {
        if (settings.all().isEmpty() && settings.operations().isEmpty()) {
            return List.of();
        }
        List<Unmatched> unmatched = new ArrayList<>();
        List<Field> all = Arrays.stream(Operation.values())
                .filter(operation -> operation.effect() == Operation.Effect.MUTATION)
                .flatMap(operation -> fields(operation, schema).stream())
                .distinct()
                .toList();
        settings.all().forEach(pointer -> check(pointer, "all", all, unmatched));
        settings.operations().forEach((id, pointers) -> Operation.withId(id)
                .filter(operation -> operation != Operation.OTHER)
                .ifPresent(operation -> {
                    List<Field> own = fields(operation, schema);
                    pointers.forEach(pointer -> check(pointer, operation.id(), own, unmatched));
                }));
        return unmatched;
    }

    private static void check(String pointer, String operation, List<Field> known, List<Unmatched> unmatched) {
        List<String> segments = JsonPointer.of(pointer).segments();
        if (known.stream().noneMatch(field -> field.matches(segments))) {
            List<String> pointers =
                    known.stream().map(Field::pointer).distinct().toList();
            unmatched.add(new Unmatched(pointer, operation, NearestName.of(pointer, pointers)));
        }
    }

    /** All fields that a body of {@code operation} can have. */
    private static List<Field> fields(Operation operation, Schema schema) {
        List<Field> fields = new ArrayList<>();
        operation.requestModel().ifPresent(model -> addBelow(List.of(), schema.body(model), List.of(), schema, fields));
        return fields;
    }

    /** @param models the models around {@code path}; a model within itself is left open */
    private static void addBelow(
            List<String> path, PropertyType type, List<String> models, Schema schema, List<Field> fields) {
        if (type instanceof PropertyType.ListOf list) {
            add(with(path, Field.ELEMENT), list.item(), models, schema, fields);
        } else if (type instanceof PropertyType.Reference reference
                && !OPEN.contains(reference.model())
                && !models.contains(reference.model())) {
            List<String> inside = with(models, reference.model());
            schema.model(reference)
                    .properties()
                    .forEach(property -> add(with(path, property.name()), property.type(), inside, schema, fields));
        } else if (!(type instanceof PropertyType.Scalar)) {
            fields.add(new Field(path, true));
        }
    }

    private static void add(
            List<String> path, PropertyType type, List<String> models, Schema schema, List<Field> fields) {
        fields.add(new Field(path, false));
        addBelow(path, type, models, schema, fields);
    }

    private static List<String> with(List<String> names, String last) {
        return Stream.concat(names.stream(), Stream.of(last)).toList();
    }

    /**
     * A field of a body.
     *
     * @param open whether any fields may be below it
     */
    private record Field(List<String> segments, boolean open) {
        private static final String ELEMENT = "*";

        String pointer() {
            return "/" + String.join("/", segments);
        }

        /** Whether a pointer means this field, one above it, or one that may be below it. */
        boolean matches(List<String> pointer) {
            if (pointer.size() > segments.size() && !open) {
                return false;
            }
            for (int i = 0; i < Math.min(pointer.size(), segments.size()); i++) {
                if (!matches(pointer.get(i), segments.get(i))) {
                    return false;
                }
            }
            return true;
        }

        private static boolean matches(String pointed, String name) {
            return pointed.equals(ELEMENT)
                    || (name.equals(ELEMENT) ? pointed.matches("0|[1-9][0-9]*") : pointed.equalsIgnoreCase(name));
        }
    }

    /**
     * A pointer that matches no field.
     *
     * @param operation the operation whose bodies it was meant for, or {@code all}
     * @param nearest the most similar pointer that matches; empty where the operation has no body
     */
    record Unmatched(String pointer, String operation, Optional<String> nearest) {}
}
