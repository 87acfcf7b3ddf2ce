package dev.botgate.normalize.xml;

/** XML cannot express a JSON document. The reason repeats nothing of the document. */
public final class NotRepresentableInXmlException extends Exception {
    private static final long serialVersionUID = 1L;

    NotRepresentableInXmlException(String reason) {
        super(reason, null, false, false);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
