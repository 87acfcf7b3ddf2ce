package dev.botgate.normalize.xml;

import com.ctc.wstx.util.XmlChars;
import java.util.Locale;

/**
 * The characters that XML 1.0 (sections 2.2 and 2.3) and Namespaces in XML allow in text and names, and the encoding of other names
 * as in .NET's {@code XmlConvert.EncodeLocalName}: {@code a b} is {@code a_x0020_b} in XML.
 */
final class XmlNames {
    private XmlNames() {}

    /** Whether XML allows all characters of {@code text}: no control characters, no lone surrogates. */
    static boolean areCharactersAllowed(String text) {
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

    /**
     * Encodes {@code name}, which is not empty, so that {@link #decode} restores it.
     *
     * @param encodeFirst whether the first character is encoded even where XML allows it
     */
    static String encode(String name, boolean encodeFirst) {
        StringBuilder encoded = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean looksEncoded = c == '_' && name.startsWith("x", i + 1);
            boolean allowed = i == 0 ? isNameStart(c) && !encodeFirst : isNamePart(c);
            if (allowed && !looksEncoded) {
                encoded.append(c);
            } else {
                encoded.append(String.format(Locale.ROOT, "_x%04X_", (int) c));
            }
        }
        return encoded.toString();
    }

    static String decode(String name) {
        int escape = name.indexOf("_x");
        if (escape < 0) {
            return name;
        }
        StringBuilder decoded = new StringBuilder(name.length());
        int at = 0;
        while (at < name.length()) {
            int unit = unit(name, at);
            if (unit >= 0) {
                decoded.append((char) unit);
                at += 7;
            } else {
                decoded.append(name.charAt(at++));
            }
        }
        return isWellFormed(decoded) ? decoded.toString() : name;
    }

    private static int unit(String name, int at) {
        if (!name.startsWith("_x", at) || at + 7 > name.length() || name.charAt(at + 6) != '_') {
            return -1;
        }
        int value = 0;
        for (int i = at + 2; i < at + 6; i++) {
            int digit = Character.digit(name.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static boolean isWellFormed(CharSequence text) {
        return text.codePoints().noneMatch(codePoint -> codePoint >= 0xD800 && codePoint <= 0xDFFF);
    }
}
