package dev.botgate.normalize.xml;

/** Why XML cannot carry a JSON document; the reason repeats nothing that the document holds. */
public final class NotRepresentableInXmlException extends Exception {
    private static final long serialVersionUID = 1L;

    NotRepresentableInXmlException(String reason) {
        super(reason, null, false, false);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
