package dev.botgate.schema;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An object definition of the Swagger document. Every model may have properties that are not listed. */
public final class Model {
    private final String name;
    private final List<Property> properties;
    private final Map<String, Property> byName;
    private final TreeMap<String, Property> byNameIgnoringCase;

    /**
     * A listed property of a model.
     *
     * @param name as in JSON, in camel case
     */
    public record Property(String name, PropertyType type) {}

    Model(String name, List<Property> properties) {
        this.name = name;
        this.properties = List.copyOf(properties);
        this.byName =
                this.properties.stream().collect(Collectors.toUnmodifiableMap(Property::name, Function.identity()));
        this.byNameIgnoringCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        this.properties.forEach(property -> byNameIgnoringCase.put(property.name(), property));
        if (byNameIgnoringCase.size() != byName.size()) {
            throw new IllegalArgumentException(name + " has two properties that differ by letter case only");
        }
    }

    public String name() {
        return name;
    }

    /** The listed properties, in the document's order. */
    public List<Property> properties() {
        return properties;
    }

    public Optional<Property> property(String exactName) {
        return Optional.ofNullable(byName.get(exactName));
    }

    /** The property of that name, ignoring case: .NET writes {@code MembersAdded} for {@code membersAdded}. */
    public Optional<Property> propertyIgnoringCase(String anyCase) {
        Property exact = byName.get(anyCase);
        return Optional.ofNullable(exact == null ? byNameIgnoringCase.get(anyCase) : exact);
    }

    /** The only listed property, where that is a list. */
    public Optional<Property> onlyList() {
        return properties.size() == 1 && properties.get(0).type() instanceof PropertyType.ListOf
                ? Optional.of(properties.get(0))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return name;
    }
}
