package dev.botgate.normalize;

import dev.botgate.exchange.HeaderSyntax;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The media types that a client accepts, by its {@code Accept} headers: RFC 9110 section 12.5.1.
 *
 * <p>The most specific media range that matches a type counts. A malformed range is ignored, and so is an XML range
 * with parameters other than those of the gateway's XML. The parameters of JSON are the connector's business.
 */
final class AcceptHeader {
    static final String HEADER = "Accept";

    private static final List<String> JSON = List.of("application/json", "text/json");
    private static final List<String> XML = List.of("application/xml", "text/xml");

    private final List<MediaRange> ranges;

    private AcceptHeader(List<MediaRange> ranges) {
        this.ranges = ranges;
    }

    static AcceptHeader of(List<String> lines) {
        return new AcceptHeader(HeaderSyntax.list(lines).stream()
                .flatMap(element -> MediaRange.read(element).stream())
                .toList());
    }

    /** The XML type that the client prefers to JSON; empty where it prefers none. */
    Optional<String> preferredXml() {
        int best = JSON.stream().mapToInt(this::quality).max().orElse(0);
        Optional<String> preferred = Optional.empty();
        for (String type : XML) {
            int quality = quality(type);
            if (quality > best) {
                best = quality;
                preferred = Optional.of(type);
            }
        }
        return preferred;
    }

    /** From 0, which is not acceptable, to 1000. */
    private int quality(String type) {
        if (ranges.isEmpty()) {
            return type.equals(JSON.get(0)) ? 1_000 : 0;
        }
        int specificity = 0;
        int quality = 0;
        for (MediaRange range : ranges) {
            int match = range.match(type);
            if (match > specificity || (match == specificity && match > 0 && range.quality() > quality)) {
                specificity = match;
                quality = range.quality();
            }
        }
        return quality;
    }

    /**
     * A media range with its weight.
     *
     * @param parameters the number of parameters that raise its specificity; only the charset of replies does
     * @param quality from 0 to 1000
     */
    private record MediaRange(String type, int parameters, int quality) {

        static Optional<MediaRange> read(String element) {
            List<String> parts = HeaderSyntax.split(element, ';');
            String type = parts.get(0).toLowerCase(Locale.ROOT);
            int parameters = 0;
            for (String part : parts.subList(1, parts.size())) {
                HeaderSyntax.Parameter parameter = HeaderSyntax.Parameter.of(part);
                if (parameter.name().equals("q")) {
                    OptionalInt quality = HeaderSyntax.weight(parameter.value());
                    return quality.isPresent()
                            ? Optional.of(new MediaRange(type, parameters, quality.getAsInt()))
                            : Optional.empty();
                }
                if (!parameter.name().isEmpty()) {
                    boolean ours = parameter.name().equals("charset")
                            && parameter.value().equalsIgnoreCase("utf-8");
                    if (!ours && !JSON.contains(type)) {
                        return Optional.empty();
                    }
                    parameters += ours ? 1 : 0;
                }
            }
            return Optional.of(new MediaRange(type, parameters, 1_000));
        }

        /** How specifically this range matches {@code mediaType}; 0 where it does not. */
        int match(String mediaType) {
            if (type.equals(mediaType)) {
                return 3 + parameters;
            }
            String family = mediaType.substring(0, mediaType.indexOf('/'));
            if (type.equals(family + "/*")) {
                return 2;
            }
            return type.equals("*/*") ? 1 : 0;
        }
    }
}
