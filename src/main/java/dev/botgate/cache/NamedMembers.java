package dev.botgate.cache;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/** Whether activities name members who have come or gone, at whatever depth, in whatever letter case. */
final class NamedMembers {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Set<String> NAMES = Set.of("membersadded", "membersremoved");
    private static final byte[] COMMON = {'m', 'e', 'm', 'b', 'e', 'r', 's'};

    private NamedMembers() {}

    /** Whether {@code json} holds a property of that name that is a list with something in it. */
    static boolean in(Buffer json) {
        byte[] bytes = json.getBytes();
        return mayBeIn(bytes) && isIn(bytes);
    }

    private static boolean isIn(byte[] bytes) {
        try (JsonParser parser = JSON.createParser(bytes)) {
            JsonToken token = parser.nextToken();
            while (token != null) {
                boolean named = token == JsonToken.FIELD_NAME
                        && NAMES.contains(parser.currentName().toLowerCase(Locale.ROOT));
                token = parser.nextToken();
                if (named && token == JsonToken.START_ARRAY) {
                    token = parser.nextToken();
                    if (token != JsonToken.END_ARRAY) {
                        return true;
                    }
                }
            }
            return false;
        } catch (IOException noJson) {
            return true;
        }
    }

    /** Whether it is worth parsing: few activities have a text that begins so, or an escape that may stand for a letter. */
    private static boolean mayBeIn(byte[] bytes) {
        for (int i = 0; i < bytes.length - 1; i++) {
            byte here = bytes[i];
            if (here == '"' ? isCommonAt(bytes, i + 1) : here == '\\' && bytes[i + 1] == 'u') {
                return true;
            }
        }
        return false;
    }

    private static boolean isCommonAt(byte[] bytes, int start) {
        if (start + COMMON.length > bytes.length) {
            return false;
        }
        for (int i = 0; i < COMMON.length; i++) {
            if ((bytes[start + i] | 0x20) != COMMON[i]) {
                return false;
            }
        }
        return true;
    }
}
