package dev.botgate.normalize;

/** Why XML cannot carry a JSON document; the reason repeats nothing that the document holds. */
final class NotInXml extends Exception {
    private static final long serialVersionUID = 1L;

    NotInXml(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
