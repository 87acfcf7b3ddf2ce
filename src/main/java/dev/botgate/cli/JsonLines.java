package dev.botgate.cli;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * An event as a line of JSON: {@code time}, {@code message}, {@code logger}, {@code thread}, {@code level}, the trace as
 * {@code stack_trace}, and the structured keys as fields beside them. What is no number or truth value is written as its
 * text.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};

    private final JsonFactory json = new JsonFactory();
    private final ThrowableProxyConverter trace = new ThrowableProxyConverter();

    @Override
    public void start() {
        trace.start();
        super.start();
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        try (JsonGenerator generator = json.createGenerator(line)) {
            generator.writeStartObject();
            generator.writeStringField("time", DateTimeFormatter.ISO_INSTANT.format(event.getInstant()));
            generator.writeStringField("message", event.getFormattedMessage());
            generator.writeStringField("logger", event.getLoggerName());
            generator.writeStringField("thread", event.getThreadName());
            generator.writeStringField("level", event.getLevel().toString());
            if (event.getThrowableProxy() != null) {
                generator.writeStringField("stack_trace", trace.convert(event));
            }
            writeKeys(generator, event.getKeyValuePairs());
            generator.writeEndObject();
            generator.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toByteArray();
    }

    private static void writeKeys(JsonGenerator generator, @Nullable List<KeyValuePair> pairs) throws IOException {
        if (pairs == null) {
            return;
        }
        for (KeyValuePair pair : pairs) {
            generator.writeFieldName(pair.key);
            if (pair.value == null || pair.value instanceof Number || pair.value instanceof Boolean) {
                generator.writeObject(pair.value);
            } else {
                generator.writeString(pair.value.toString());
            }
        }
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
