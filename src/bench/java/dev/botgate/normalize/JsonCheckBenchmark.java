package dev.botgate.normalize;

import dev.botgate.bench.Requests.Samples;
import dev.botgate.exchange.JsonStrings;
import dev.botgate.normalize.json.JsonChecker;
import dev.botgate.normalize.xml.XmlReader;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Benchmarks of checking an activity in JSON and converting one from XML. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JsonCheckBenchmark {
    private final Schema schema = Schema.connector();
    private final JsonChecker checker = new JsonChecker(TestBodies.SETTINGS.jsonLimits(), schema, "Activity");
    private final XmlReader reader = new XmlReader(TestBodies.SETTINGS.xmlLimits(), schema);
    private final Buffer json = Buffer.buffer(Samples.activityJson());
    private final Buffer xml = Buffer.buffer(Samples.activityXml());

    @Benchmark
    public List<JsonStrings.Span> check() {
        return checker.check(json).serviceUrls();
    }

    @Benchmark
    public Buffer fromXml() {
        return reader.toJson(xml, null, "Activity");
    }
}
