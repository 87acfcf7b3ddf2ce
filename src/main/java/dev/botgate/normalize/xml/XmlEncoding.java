package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.Utf8;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Determines the encoding of an XML document: RFC 7303 section 3. */
final class XmlEncoding {
    /** The start of a declaration in an encoding that extends ASCII. */
    private static final String DECLARATION = "<?xml";

    private static final Pattern DECLARED = Pattern.compile("encoding\\s*=\\s*[\"']([!-~&&[^\"']]+)[\"']");
    /** The search for a declaration ends here; real ones are shorter. */
    private static final int MAX_DECLARATION_BYTES = 256;

    private XmlEncoding() {}

    /**
     * The encoding by the byte order mark, otherwise by the media type. With neither, it is UTF-8 where the document
     * declares an encoding that its bytes contradict; otherwise null, and the parser follows the declaration.
     *
     * @param byMediaType the charset of the media type
     */
    static @Nullable Charset of(ByteRange xml, @Nullable Charset byMediaType) {
        Charset byByteOrderMark = byByteOrderMark(xml);
        if (byByteOrderMark != null) {
            return byByteOrderMark;
        }
        return byMediaType == null && declaresImpossibleEncoding(xml) ? StandardCharsets.UTF_8 : byMediaType;
    }

    /** The encoding of the byte order mark; null without one. The mark of UTF-32LE begins with that of UTF-16LE. */
    private static @Nullable Charset byByteOrderMark(ByteRange xml) {
        byte[] bytes = xml.array();
        int start = xml.start();
        if (Utf8.byteOrderMark(bytes, start, xml.end()) > 0) {
            return StandardCharsets.UTF_8;
        }
        int two = xml.length() < 2 ? 0 : (bytes[start] & 0xFF) << 8 | (bytes[start + 1] & 0xFF);
        if (two == 0xFEFF) {
            return StandardCharsets.UTF_16BE;
        }
        boolean fourBytes = xml.length() >= 4 && bytes[start + 2] == 0 && bytes[start + 3] == 0;
        if (two == 0xFFFE) {
            return fourBytes ? Charset.forName("UTF-32LE") : StandardCharsets.UTF_16LE;
        }
        return null;
    }

    /** .NET's XmlSerializer over a StringWriter declares utf-16, although the text is sent as UTF-8. */
    private static boolean declaresImpossibleEncoding(ByteRange xml) {
        String beginning = new String(
                xml.array(), xml.start(), Math.min(xml.length(), MAX_DECLARATION_BYTES), StandardCharsets.ISO_8859_1);
        int end = beginning.indexOf("?>");
        if (!beginning.startsWith(DECLARATION)) {
            return false;
        }
        Matcher declared = DECLARED.matcher(end < 0 ? beginning : beginning.substring(0, end));
        return declared.find() && !writesDeclarationInSingleBytes(declared.group(1));
    }

    private static boolean writesDeclarationInSingleBytes(String encoding) {
        try {
            Charset charset = Charset.isSupported(encoding) ? Charset.forName(encoding) : null;
            return charset == null
                    || !charset.canEncode()
                    || Arrays.equals(DECLARATION.getBytes(charset), DECLARATION.getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalCharsetNameException unknown) {
            return true;
        }
    }
}
