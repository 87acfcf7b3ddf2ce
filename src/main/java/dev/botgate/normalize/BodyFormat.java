package dev.botgate.normalize;

import java.util.Optional;

/** The format of a body, by its media type. */
enum BodyFormat {
    JSON,
    XML,
    FORM;

    /** The accepted media types, for error messages. */
    static final String ACCEPTED =
            "application/json, text/json, application/xml, text/xml or application/x-www-form-urlencoded";

    /** The format of {@code mediaType}; empty where it is not supported. */
    static Optional<BodyFormat> of(MediaType mediaType) {
        String name = mediaType.name();
        return switch (name) {
            case "application/json", "text/json" -> Optional.of(JSON);
            case "application/xml", "text/xml" -> Optional.of(XML);
            case "application/x-www-form-urlencoded" -> Optional.of(FORM);
            default -> {
                if (name.startsWith("application/") && name.endsWith("+json")) {
                    yield Optional.of(JSON);
                }
                yield name.endsWith("+xml") ? Optional.of(XML) : Optional.empty();
            }
        };
    }
}
