package dev.botgate.normalize;

/** What people write who do not quite write JSON, in words that do not repeat what they wrote. */
final class JsonMistake {
    private JsonMistake() {}

    /** What the byte at {@code at} gets wrong, where the grammar has no place for it. */
    static String at(byte[] json, int at, int end) {
        return switch (json[at]) {
            case '\'' -> "a single quote";
            case '/', '#' -> "a comment";
            case ',' -> "a comma too many";
            case 'N', 'I' -> "a word that is no JSON";
            case '+', '.' -> "a number that begins with a sign or a point";
            case '}', ']' -> "a bracket that closes nothing or too early";
            default -> Utf8.next(json, at, end) < 0 ? "a byte that is not UTF-8" : "an unexpected character";
        };
    }
}
