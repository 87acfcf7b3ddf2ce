package dev.botgate.normalize;

import static dev.botgate.normalize.TestBodies.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.form.FormReader;
import dev.botgate.normalize.xml.XmlReader;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A conversion in the memory of its source gives the same result as one in memory of its own. */
class InPlaceConversionTest {
    private static final int LARGE = 3 << 20;
    private static final Schema SCHEMA = Schema.connector();

    private final XmlReader xml = new XmlReader(SETTINGS.xmlLimits(), SCHEMA);
    private final FormReader form = new FormReader(SETTINGS.formLimits(), SCHEMA);

    @ParameterizedTest
    @CsvSource({"1, UTF-8", "2, UTF-8", "3, UTF-16", "4, ISO-8859-1"})
    void xml_isConvertedTheSame(long seed, Charset charset) {
        Random random = new Random(seed);
        StringBuilder document =
                new StringBuilder("<Activity><type>message</type><historyDisclosed>1</historyDisclosed>");
        while (document.length() < LARGE) {
            document.append("<attachments><name>")
                    .append(text(random, charset)
                            .replace("&", "&amp;")
                            .replace("<", "&#60;")
                            .replace("]", "."))
                    .append("</name><content><a>")
                    .append(random.nextInt())
                    .append("</a><a/></content></attachments>");
        }
        byte[] bytes = document.append("</Activity>").toString().getBytes(charset);
        Charset told = charset.equals(StandardCharsets.ISO_8859_1) ? charset : null;

        Buffer inPlace = xml.toJsonInPlace(Buffer.buffer(bytes.clone()), told, "Activity");

        assertThat(inPlace.equals(xml.toJson(Buffer.buffer(bytes), told, "Activity")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aForm_isConvertedTheSame(long seed) {
        byte[] bytes = form(seed, "historyDisclosed=1").getBytes(StandardCharsets.UTF_8);

        Buffer inPlace = form.toJsonInPlace(Buffer.buffer(bytes.clone()), "Activity");

        assertThat(inPlace.equals(form.toJson(Buffer.buffer(bytes), "Activity")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text=%zz",
                "text=%ff",
                "historyDisclosed=maybe",
                "from=1",
                "a b=1&[=",
                "\n\r\n\u00e4x=1&attachments=1"
            })
    void aFormsError_hasTheSamePosition(String mistake) {
        byte[] bytes = form(7, mistake).getBytes(StandardCharsets.UTF_8);

        String inPlace = refusal(() -> form.toJsonInPlace(Buffer.buffer(bytes.clone()), "Activity"));

        assertThat(inPlace).startsWith("line ").isEqualTo(refusal(() -> form.toJson(Buffer.buffer(bytes), "Activity")));
    }

    private static String form(long seed, String last) {
        Random random = new Random(seed);
        StringBuilder form = new StringBuilder("\n&type=message");
        for (int i = 0; form.length() < LARGE; i++) {
            form.append("&attachments[").append(i).append("].name=\r\n");
            String text = text(random, StandardCharsets.UTF_8);
            form.append(
                    random.nextBoolean()
                            ? URLEncoder.encode(text, StandardCharsets.UTF_8)
                            : text.replace('&', ' ').replace('%', ' '));
        }
        return form + "&" + last;
    }

    private static String text(Random random, Charset charset) {
        int most = charset.equals(StandardCharsets.ISO_8859_1) ? 0xFF : random.nextBoolean() ? 0x7E : 0x2FFF;
        return random.ints(600 + random.nextInt(2_000), ' ', most)
                .filter(c -> c < 0x7F || c > 0x9F)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String refusal(Supplier<Buffer> reading) {
        try {
            return "taken: " + reading.get().length();
        } catch (GatewayException refused) {
            return refused.text();
        }
    }
}
