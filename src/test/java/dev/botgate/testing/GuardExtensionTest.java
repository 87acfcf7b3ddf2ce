package dev.botgate.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.botgate.testing.GuardExtension.Findings;
import dev.botgate.testing.GuardExtension.Provokes;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.slf4j.LoggerFactory;

class GuardExtensionTest {
    @Test
    void whenATestBlocksAnEventLoop_itFails() {
        assertThat(failuresOf(BlocksAnEventLoop.class)).contains("has been blocked");
    }

    @Test
    void whenATestComputesOnAnEventLoopWithoutEnd_itFails() {
        assertThat(failuresOf(ComputesWithoutEnd.class)).contains("has been blocked");
    }

    @Test
    void whenATaskOnlyTakesLong_theTestPasses() {
        assertThat(failuresOf(TakesLong.class)).isEmpty();
    }

    @Test
    void whenAHandlerThrows_theTestFails() {
        assertThat(failuresOf(ThrowsInAHandler.class)).contains("Unhandled exception", "nobody sees this");
    }

    @Test
    void whenAThreadEndsByAnException_theTestFails() {
        assertThat(failuresOf(EndsAThread.class)).contains("uncaught in thread lost", "nobody sees this");
    }

    @Test
    void whenABufferLeaks_itsClassFails() {
        assertThat(failuresOf(LeaksABuffer.class)).contains("LEAK");
    }

    @Test
    void whenItWasExpected_theTestPasses() {
        assertThat(failuresOf(Expects.class)).isEmpty();
    }

    @Test
    void whenWhatWasExpectedDoesNotHappen_theTestFails() {
        assertThat(failuresOf(ExpectsInVain.class)).contains("found nothing with \"Unhandled exception\"");
    }

    @Test
    void whenTheOtherEndOnlyLeft_theTestPasses() {
        assertThat(failuresOf(LosesAConnection.class)).isEmpty();
    }

    private static String failuresOf(Class<?> test) {
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(test))
                                .build(),
                        summary);
        assertThat(summary.getSummary().getTestsFoundCount()).isEqualTo(1);
        return summary.getSummary().getFailures().stream()
                .map(failure -> String.valueOf(failure.getException().getMessage()))
                .collect(Collectors.joining("\n"));
    }

    static class BlocksAnEventLoop {
        @Test
        void blocks() throws InterruptedException {
            CountDownLatch found = new CountDownLatch(1);
            Vertx vertx = impatient();
            vertx.runOnContext(ignored -> awaitQuietly(found));
            GuardExtension.await("has been blocked");
            found.countDown();
            TestVertx.close(vertx);
        }
    }

    static class ComputesWithoutEnd {
        @Test
        void computes() throws InterruptedException {
            AtomicBoolean found = new AtomicBoolean();
            Vertx vertx = impatient();
            vertx.runOnContext(ignored -> {
                while (!found.get()) {
                    Thread.onSpinWait();
                }
            });
            GuardExtension.await("has been blocked");
            found.set(true);
            TestVertx.close(vertx);
        }
    }

    static class TakesLong {
        @Test
        void isWarnedOf() {
            CountDownLatch warned = new CountDownLatch(3);
            Logger checker = (Logger) LoggerFactory.getLogger(Findings.BLOCKED_THREADS);
            Ear ear = new Ear(warned);
            ear.start();
            checker.addAppender(ear);
            Vertx vertx = impatient();
            vertx.runOnContext(ignored -> awaitQuietly(warned));
            awaitQuietly(warned);
            TestVertx.close(vertx);
            checker.detachAppender(ear);
        }

        /** Counts warnings. */
        private static final class Ear extends AppenderBase<ILoggingEvent> {
            private final CountDownLatch warned;

            Ear(CountDownLatch warned) {
                this.warned = warned;
            }

            @Override
            protected void append(ILoggingEvent event) {
                warned.countDown();
            }
        }
    }

    private static Vertx impatient() {
        return Vertx.vertx(new VertxOptions()
                .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
                .setBlockedThreadCheckInterval(10)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                .setMaxEventLoopExecuteTime(20));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    static class ThrowsInAHandler {
        @Test
        void throwsOnAnEventLoop() throws InterruptedException {
            throwOnAnEventLoop();
        }
    }

    static class EndsAThread {
        @Test
        void ends() throws InterruptedException {
            Thread lost = new Thread(
                    () -> {
                        throw new IllegalStateException("nobody sees this");
                    },
                    "lost");
            lost.start();
            lost.join();
        }
    }

    static class LeaksABuffer {
        @Test
        void leaks() {
            assertThat(PooledByteBufAllocator.DEFAULT.directBuffer(16).refCnt()).isOne();
        }
    }

    static class Expects {
        @Test
        @Provokes("Unhandled exception")
        void provokes() throws InterruptedException {
            throwOnAnEventLoop();
        }
    }

    static class ExpectsInVain {
        @Test
        @Provokes("Unhandled exception")
        void isGood() {
            assertThat(List.of()).isEmpty();
        }
    }

    static class LosesAConnection {
        @Test
        void logsWhatVertxLogs() {
            LoggerFactory.getLogger("io.vertx.core.net.impl.ConnectionBase").error("Connection reset by peer");
            LoggerFactory.getLogger("io.netty.channel.DefaultChannelPipeline")
                    .warn("An exceptionCaught() event was fired", new IOException("Broken pipe"));
        }
    }

    private static void throwOnAnEventLoop() throws InterruptedException {
        Vertx vertx = TestVertx.create();
        vertx.runOnContext(ignored -> {
            throw new IllegalStateException("nobody sees this");
        });
        GuardExtension.await("nobody sees this");
        TestVertx.close(vertx);
    }
}
