package dev.botgate.normalize;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.TestSettings;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;

/** Settings, bodies and errors for the tests of conversion. */
public final class TestBodies {
    public static final NormalizeSettings SETTINGS =
            TestSettings.with(TestSettings.PACKAGED.normalize(), "maximumBodyBytes", 16L << 20);

    private TestBodies() {}

    /** Settings with these limits; {@code nodes} limits JSON, XML and forms. */
    public static NormalizeSettings limits(int depth, int nodes, int fields, int textBytes) {
        return TestSettings.with(
                SETTINGS,
                "maximumDepth",
                depth,
                "maximumNodes",
                nodes,
                "maximumNames",
                nodes,
                "maximumElements",
                nodes,
                "maximumFields",
                fields,
                "maximumTextBytes",
                textBytes);
    }

    /** {@code text} in UTF-8; {@code ~} stands for a backslash, {@code <XX>} for the byte of that hexadecimal number. */
    public static Buffer bytes(String text) {
        Buffer bytes = Buffer.buffer();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '<') {
                bytes.appendByte((byte) Integer.parseInt(text.substring(at + 1, at + 3), 16));
                at += 4;
            } else {
                bytes.appendString(c == '~' ? "\\" : String.valueOf(c));
                at++;
            }
        }
        return bytes;
    }

    /** The body of that name in {@code bodies.txt}. */
    public static Buffer resource(String name) {
        try (InputStream stream = TestBodies.class.getResourceAsStream("xml/bodies.txt")) {
            String all = new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
            Matcher body = Pattern.compile(
                            "^==== " + Pattern.quote(name) + " (\\S+)\n(.*?)(?=^==== |\\z)",
                            Pattern.MULTILINE | Pattern.DOTALL)
                    .matcher(all);
            if (!body.find()) {
                throw new IllegalArgumentException(name + " is not there");
            }
            return Buffer.buffer(body.group(2).getBytes(Charset.forName(body.group(1))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The message of the MALFORMED_BODY failure that {@code conversion} throws. */
    public static String refusalOf(Callable<?> conversion) {
        GatewayException refused = catchThrowableOfType(GatewayException.class, conversion::call);
        Assertions.assertThat(refused).as("a refusal").isNotNull();
        Assertions.assertThat(refused.failure()).isEqualTo(Failure.MALFORMED_BODY);
        return refused.text();
    }
}
