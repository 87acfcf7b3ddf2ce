package dev.botgate.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import net.logstash.logback.composite.AbstractJsonProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/** An event's structured keys as fields beside its message; what is no number or truth value is written as its text. */
final class KeysAsFields extends AbstractJsonProvider<ILoggingEvent> {
    @Override
    public void writeTo(JsonGenerator generator, ILoggingEvent event) throws IOException {
        @Nullable List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs == null) {
            return;
        }
        for (KeyValuePair pair : pairs) {
            generator.writeFieldName(pair.key);
            if (pair.value instanceof Number || pair.value instanceof Boolean || pair.value == null) {
                generator.writePOJO(pair.value);
            } else {
                generator.writeString(pair.value.toString());
            }
        }
    }
}
