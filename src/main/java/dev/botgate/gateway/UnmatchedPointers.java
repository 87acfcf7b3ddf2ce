package dev.botgate.gateway;

import dev.botgate.audit.Recording;
import dev.botgate.audit.RedactionSettings;
import dev.botgate.audit.redaction.JsonPointer;
import dev.botgate.config.NearestName;
import dev.botgate.operation.Operation;
import dev.botgate.schema.Model;
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

    private final Schema schema;
    private final List<Unmatched> found = new ArrayList<>();

    private UnmatchedPointers(Schema schema) {
        this.schema = schema;
    }

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
        UnmatchedPointers unmatched = new UnmatchedPointers(schema);
        List<Field> all = Arrays.stream(Operation.values())
                .filter(operation -> operation.effect() == Operation.Effect.MUTATION)
                .flatMap(unmatched::fields)
                .distinct()
                .toList();
        settings.all().forEach(pointer -> unmatched.check(pointer, "all", all));
        settings.operations().forEach((id, pointers) -> Operation.withId(id)
                .filter(operation -> operation != Operation.OTHER)
                .ifPresent(operation -> {
                    List<Field> own = unmatched.fields(operation).toList();
                    pointers.forEach(pointer -> unmatched.check(pointer, operation.id(), own));
                }));
        return List.copyOf(unmatched.found);
    }

    private void check(String pointer, String operation, List<Field> known) {
        List<String> segments = JsonPointer.of(pointer).segments();
        if (known.stream().noneMatch(field -> field.matches(segments))) {
            found.add(new Unmatched(
                    pointer,
                    operation,
                    NearestName.of(
                            pointer,
                            known.stream().map(Field::pointer).distinct().toList())));
        }
    }

    /** All fields that a body of {@code operation} can have. */
    private Stream<Field> fields(Operation operation) {
        return operation
                .requestModel()
                .map(model -> below(new Field(List.of(), false), schema.body(model), List.of()))
                .orElse(Stream.empty());
    }

    /** @param within the models around {@code field}; a model within itself is left open */
    private Stream<Field> below(Field field, PropertyType type, List<String> within) {
        if (type instanceof PropertyType.ListOf list) {
            Field element = field.member(Field.ELEMENT);
            return Stream.concat(Stream.of(element), below(element, list.item(), within));
        }
        if (!(type instanceof PropertyType.Reference reference)) {
            return type instanceof PropertyType.Scalar ? Stream.empty() : Stream.of(field.opened());
        }
        if (OPEN.contains(reference.model()) || within.contains(reference.model())) {
            return Stream.of(field.opened());
        }
        List<String> inside =
                Stream.concat(within.stream(), Stream.of(reference.model())).toList();
        return schema.model(reference).properties().stream().flatMap(property -> property(field, property, inside));
    }

    private Stream<Field> property(Field field, Model.Property property, List<String> within) {
        Field member = field.member(property.name());
        return Stream.concat(Stream.of(member), below(member, property.type(), within));
    }

    /**
     * A field of a body.
     *
     * @param open whether any fields may be below it
     */
    private record Field(List<String> segments, boolean open) {
        private static final String ELEMENT = "*";

        Field member(String name) {
            return new Field(Stream.concat(segments.stream(), Stream.of(name)).toList(), false);
        }

        Field opened() {
            return new Field(segments, true);
        }

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
