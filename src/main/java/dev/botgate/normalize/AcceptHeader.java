package dev.botgate.normalize;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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

    static AcceptHeader of(List<String> headers) {
        List<MediaRange> ranges = new ArrayList<>();
        for (String header : headers) {
            for (String element : split(header, ',')) {
                MediaRange.read(element).ifPresent(ranges::add);
            }
        }
        return new AcceptHeader(ranges);
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

    /** Splits {@code text} at each {@code separator} outside quotes. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }

    /**
     * A media range with its weight.
     *
     * @param parameters the number of parameters that raise its specificity; only the charset of replies does
     * @param quality from 0 to 1000
     */
    private record MediaRange(String type, int parameters, int quality) {

        static Optional<MediaRange> read(String element) {
            List<String> parts = split(element, ';');
            String type = parts.get(0).strip().toLowerCase(Locale.ROOT);
            int parameters = 0;
            for (String part : parts.subList(1, parts.size())) {
                int equals = part.indexOf('=');
                String name =
                        (equals < 0 ? part : part.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
                String value = equals < 0 ? "" : part.substring(equals + 1).strip();
                if (name.equals("q")) {
                    int read = parameters;
                    return quality(value).map(quality -> new MediaRange(type, read, quality));
                }
                if (!name.isEmpty()) {
                    boolean ours =
                            name.equals("charset") && value.replace("\"", "").equalsIgnoreCase("utf-8");
                    if (!ours && !JSON.contains(type)) {
                        return Optional.empty();
                    }
                    parameters += ours ? 1 : 0;
                }
            }
            return Optional.of(new MediaRange(type, parameters, 1_000));
        }

        /** RFC 9110 section 12.4.2 allows three digits after the point; more are accepted. */
        private static Optional<Integer> quality(String value) {
            if (!value.matches("0(\\.[0-9]*)?|1(\\.0*)?")) {
                return Optional.empty();
            }
            return Optional.of((int) Math.round(Double.parseDouble(value + (value.endsWith(".") ? "0" : "")) * 1_000));
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
