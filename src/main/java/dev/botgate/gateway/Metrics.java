package dev.botgate.gateway;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;

/** The registry of all meters, and the meters of the JVM. */
final class Metrics {
    private Metrics() {}

    /** A new, empty registry. */
    static PrometheusMeterRegistry registry() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    /** Adds the JVM's meters. */
    static void addJvm(MeterRegistry registry) {
        new JvmMemoryMetrics().bindTo(registry);
        JvmGcMetrics collections = new JvmGcMetrics();
        collections.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        addDirectMemory(registry);
    }

    /** Memory that Netty takes outside the heap, which the JVM does not count. Beyond the maximum the process ends itself. */
    private static void addDirectMemory(MeterRegistry registry) {
        Gauge.builder("botgate.direct.memory.used", () -> Math.max(0, PlatformDependent.usedDirectMemory()))
                .description("What Netty has taken of the direct memory")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("botgate.direct.memory.maximum", PlatformDependent::maxDirectMemory)
                .description("What Netty may take of the direct memory")
                .baseUnit("bytes")
                .register(registry);
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider pool) {
            Gauge.builder("botgate.direct.memory.pooled", () -> pool.metric().usedDirectMemory())
                    .description("What of that the pool of buffers has, in use or not")
                    .baseUnit("bytes")
                    .register(registry);
        }
    }
}
