package dev.botgate.normalize.xml;

import com.ctc.wstx.util.XmlChars;

/** The characters that XML 1.0 (sections 2.2 and 2.3) and Namespaces in XML allow in text and names. */
final class XmlCharacters {
    private XmlCharacters() {}

    /** Whether XML allows all characters of {@code text}: no control characters, no lone surrogates. */
    static boolean areAllowed(String text) {
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean plain = c >= ' ' && c < 0xD800;
            if (plain || c == '\n' || c == '\t' || c == '\r' || (c >= 0xE000 && c <= 0xFFFD)) {
                at++;
            } else if (Character.isHighSurrogate(c)
                    && at + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(at + 1))) {
                at += 2;
            } else {
                return false;
            }
        }
        return true;
    }

    /** Whether {@code name} is allowed as the name of an element without prefix. */
    static boolean isName(String name) {
        if (name.isEmpty() || !isNameStart(name.charAt(0))) {
            return false;
        }
        return name.chars().allMatch(c -> isNamePart((char) c));
    }

    /**
     * Whether a name may begin with {@code c}. Stricter than the latest edition of XML, since editions differ in rare
     * letters.
     */
    static boolean isNameStart(char c) {
        if (c < 0x80) {
            return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }
        return !Character.isSurrogate(c) && XmlChars.is10NameStartChar(c);
    }

    /** Whether a name may continue with {@code c}. */
    static boolean isNamePart(char c) {
        if (c < 0x80) {
            return isNameStart(c) || c == '-' || c == '.' || (c >= '0' && c <= '9');
        }
        return !Character.isSurrogate(c) && XmlChars.is10NameChar(c);
    }
}
