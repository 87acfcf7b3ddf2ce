package dev.botgate.normalize.xml;

import java.util.Locale;

/** Converts names as .NET's {@code XmlConvert.EncodeLocalName} does: {@code a b} is {@code a_x0020_b} in XML. */
final class DotNetNames {
    private DotNetNames() {}

    /**
     * Encodes {@code name}, which is not empty, so that {@link #decode} restores it.
     *
     * @param first whether the first character is encoded in any case
     */
    static String encode(String name, boolean first) {
        StringBuilder encoded = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean looksEncoded = c == '_' && name.startsWith("x", i + 1);
            boolean allowed = i == 0 ? XmlCharacters.isNameStart(c) && !first : XmlCharacters.isNamePart(c);
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
