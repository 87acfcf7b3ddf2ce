package dev.botgate.audit.redaction;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads JSON in UTF-8 without bounds of its own, and its scalars with their places. */
final class JsonScalars {
    /** What may be in a body is decided where bodies are read. */
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .build())
            .build();

    /** So many bytes tell UTF-16 and UTF-32 apart from UTF-8. */
    private static final int OF_ENCODING = 4;

    private JsonScalars() {}

    /** @throws IOException for other encodings, in which offsets are not those of bytes */
    static JsonParser parser(byte[] json) throws IOException {
        for (int i = 0; i < Math.min(OF_ENCODING, json.length); i++) {
            if (json[i] == 0) {
                throw new IOException("not UTF-8");
            }
        }
        return JSON.createParser(json);
    }

    /** The scalar that is all of {@code text}. */
    static Optional<byte[]> only(String text) {
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        try (JsonParser parser = parser(json)) {
            JsonToken token = parser.nextToken();
            if (token == null || !token.isScalarValue()) {
                return Optional.empty();
            }
            byte[] scalar = canonical(parser, json, start(parser));
            return parser.nextToken() == null ? Optional.of(scalar) : Optional.empty();
        } catch (IOException noJson) {
            return Optional.empty();
        }
    }

    /** Where the current token begins. */
    static int start(JsonParser parser) {
        return Math.toIntExact(parser.currentTokenLocation().getByteOffset());
    }

    /** The current scalar, which begins at {@code start}, as {@link CanonicalScalar} has it. */
    static byte[] canonical(JsonParser parser, byte[] json, int start) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> CanonicalScalar.string(parser.getText());
            case VALUE_TRUE -> CanonicalScalar.TRUE;
            case VALUE_FALSE -> CanonicalScalar.FALSE;
            case VALUE_NULL -> CanonicalScalar.NULL;
            default ->
                CanonicalScalar.number(
                        new String(json, start, endOfNumber(json, start) - start, StandardCharsets.US_ASCII));
        };
    }

    /** The offset after the current scalar, which begins at {@code start}. */
    static int end(JsonParser parser, byte[] json, int start) {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> endOfString(json, start);
            case VALUE_FALSE -> start + "false".length();
            case VALUE_TRUE, VALUE_NULL -> start + "true".length();
            default -> endOfNumber(json, start);
        };
    }

    private static int endOfString(byte[] json, int start) {
        int at = start + 1;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    private static int endOfNumber(byte[] json, int start) {
        int at = start;
        while (at < json.length && "+-.0123456789Ee".indexOf(json[at]) >= 0) {
            at++;
        }
        return at;
    }
}
