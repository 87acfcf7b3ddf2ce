package dev.botgate.gateway;

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

/**
 * The pointers of {@code audit.redact} that lead to nothing the connector's document knows: slips, most likely, which keep
 * nothing out of the trail. Of bodies that the document leaves open, and those of {@code other}, nobody knows.
 */
final class UnmatchedPointers {
    /** The document gives an entity its {@code type} only; what else it has depends on that, as in Mention and Place. */
    private static final Set<String> OPEN = Set.of("Entity");

    private final Schema schema;
    private final List<Stray> found = new ArrayList<>();

    private UnmatchedPointers(Schema schema) {
        this.schema = schema;
    }

    static List<Stray> of(RedactionSettings settings, Schema schema) {
        if (settings.all().isEmpty() && settings.operations().isEmpty()) {
            return List.of();
        }
        UnmatchedPointers strays = new UnmatchedPointers(schema);
        List<Field> all = Arrays.stream(Operation.values())
                .filter(operation -> operation.effect() == Operation.Effect.MUTATION)
                .flatMap(strays::fields)
                .distinct()
                .toList();
        settings.all().forEach(pointer -> strays.check(pointer, "all", all));
        settings.operations().forEach((id, pointers) -> Operation.withId(id)
                .filter(operation -> operation != Operation.OTHER)
                .ifPresent(operation -> {
                    List<Field> own = strays.fields(operation).toList();
                    pointers.forEach(pointer -> strays.check(pointer, operation.id(), own));
                }));
        return List.copyOf(strays.found);
    }

    private void check(String pointer, String operation, List<Field> known) {
        List<String> segments = JsonPointer.of(pointer).segments();
        if (known.stream().noneMatch(field -> field.meets(segments))) {
            found.add(new Stray(
                    pointer,
                    operation,
                    NearestName.of(
                            pointer,
                            known.stream().map(Field::pointer).distinct().toList())));
        }
    }

    /** All that a body of {@code operation} can have; nothing where it has none. */
    private Stream<Field> fields(Operation operation) {
        return operation
                .requestModel()
                .map(model -> below(new Field(List.of(), false), schema.body(model), List.of()))
                .orElse(Stream.empty());
    }

    /** @param within the models that {@code field} is in; in itself, one is left open */
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
     * A place in a body.
     *
     * @param open whether anything may be beneath
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

        /** Whether a pointer means this place, what is above, or what may be beneath. */
        boolean meets(List<String> pointer) {
            if (pointer.size() > segments.size() && !open) {
                return false;
            }
            for (int i = 0; i < Math.min(pointer.size(), segments.size()); i++) {
                if (!meets(pointer.get(i), segments.get(i))) {
                    return false;
                }
            }
            return true;
        }

        private static boolean meets(String asked, String name) {
            return asked.equals(ELEMENT)
                    || (name.equals(ELEMENT) ? asked.matches("0|[1-9][0-9]*") : asked.equalsIgnoreCase(name));
        }
    }

    /**
     * A pointer that leads nowhere.
     *
     * @param operation in whose bodies it was looked for, or {@code all}
     * @param nearest what it may have been meant to be; empty where the operation has no body
     */
    record Stray(String pointer, String operation, Optional<String> nearest) {}
}
