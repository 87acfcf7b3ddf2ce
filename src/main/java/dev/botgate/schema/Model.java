package dev.botgate.schema;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An object definition of the Swagger document. Every model is open: it may carry properties that are not listed. */
public final class Model {
    private final String name;
    private final List<ModelProperty> properties;
    private final Map<String, ModelProperty> byName;
    private final TreeMap<String, ModelProperty> byNameIgnoringCase;

    Model(String name, List<ModelProperty> properties) {
        this.name = name;
        this.properties = List.copyOf(properties);
        this.byName = this.properties.stream()
                .collect(Collectors.toUnmodifiableMap(ModelProperty::name, Function.identity()));
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
    public List<ModelProperty> properties() {
        return properties;
    }

    public Optional<ModelProperty> property(String exactName) {
        return Optional.ofNullable(byName.get(exactName));
    }

    /** The property called {@code anyCase}, letter case aside: .NET writes {@code MembersAdded} for {@code membersAdded}. */
    public Optional<ModelProperty> propertyIgnoringCase(String anyCase) {
        ModelProperty exact = byName.get(anyCase);
        return Optional.ofNullable(exact == null ? byNameIgnoringCase.get(anyCase) : exact);
    }

    /** The only listed property, where that is a list: a model that is nothing without it. */
    public Optional<ModelProperty> onlyList() {
        return properties.size() == 1 && properties.get(0).type() instanceof PropertyType.ListOf
                ? Optional.of(properties.get(0))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return name;
    }
}
