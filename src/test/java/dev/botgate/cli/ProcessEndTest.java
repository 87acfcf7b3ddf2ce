package dev.botgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cli.ProcessEndTest.FailingProgram.Kind;
import dev.botgate.config.LoggingSettings;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.TestProcesses;
import dev.botgate.testing.TestProcesses.TestProcess;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class ProcessEndTest {
    private static final List<String> SMALL = List.of("-Xmx48m", "-XX:MaxDirectMemorySize=16m");

    @RegisterExtension
    final TestProcesses children = new TestProcesses();

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "DIRECT_MEMORY", "MEMORY_ON_A_THREAD", "MEMORY_LOGGED_QUIETLY"})
    void whenMemoryRunsOut_theProcessEndsAndSaysSo(Kind kind) {
        TestProcess program = erring(kind);

        assertThat(program.exitCode()).as(program.output()).isEqualTo(70);
        assertThat(lastLine(program)).startsWith("Botgate ends itself: out of memory");
    }

    @ParameterizedTest
    @EnumSource(names = {"CLASS", "CLASS_IN_A_PIPELINE", "CLASS_AS_A_CAUSE"})
    void whenAClassCannotBeLoaded_theProcessEndsAndSaysWhich(Kind kind) {
        TestProcess program = erring(kind);

        assertThat(program.exitCode()).as(program.output()).isEqualTo(70);
        assertThat(lastLine(program)).isEqualTo("Botgate ends itself: a class could not be loaded");
        assertThat(program.output()).contains("NoClassDefFoundError: dev/botgate/Missing");
    }

    @ParameterizedTest
    @EnumSource(names = {"STACK", "LIBRARY"})
    void whenAStackOverflows_orALibraryOfTheSystemIsMissing_theProcessGoesOn(Kind kind) {
        TestProcess program = erring(kind);

        assertThat(program.awaitLine(kind == Kind.STACK ? "StackOverflowError" : "UnsatisfiedLinkError"))
                .contains("stack_trace");
        assertThat(program.awaitLine("the event loop turns")).isNotEmpty();
        assertThat(program.output()).doesNotContain("ends itself").doesNotContain("NoClassDefFoundError: ch");
        program.kill();
    }

    @Test
    void aStopThatHangs_endsAtItsTime() {
        TestProcess program = erring(Kind.STOP);

        assertThat(program.exitCode()).isEqualTo(70);
        assertThat(lastLine(program)).isEqualTo("Botgate ends itself: stopping took too long");
    }

    private TestProcess erring(Kind kind) {
        return children.main(FailingProgram.class, SMALL, Map.of(), kind.name());
    }

    private static String lastLine(TestProcess program) {
        return program.output().lines().reduce("", (before, line) -> line);
    }

    /** A program that ends as the gateway does, and in which one error occurs, on an event loop unless the name says otherwise. */
    static final class FailingProgram {
        private static final List<Object> KEPT = new ArrayList<>();

        private FailingProgram() {}

        public static void main(String[] arguments) throws InterruptedException {
            ProcessEnd.install();
            Logging.toOutput(new LoggingSettings(LoggingSettings.Format.JSON, Level.INFO));
            Logging.loadClasses();
            Vertx vertx = Vertx.vertx();
            vertx.runOnContext(begun -> {
                Kind kind = Kind.valueOf(arguments[0]);
                if (kind == Kind.STACK || kind == Kind.LIBRARY) {
                    vertx.runOnContext(next -> System.out.println("the event loop turns"));
                }
                err(kind);
            });
            new CountDownLatch(1).await();
        }

        /** How the error comes to pass. */
        enum Kind {
            HEAP,
            DIRECT_MEMORY,
            CLASS,
            CLASS_IN_A_PIPELINE,
            MEMORY_ON_A_THREAD,
            CLASS_AS_A_CAUSE,
            MEMORY_LOGGED_QUIETLY,
            STACK,
            LIBRARY,
            STOP
        }

        private static void err(Kind kind) {
            switch (kind) {
                case HEAP -> {
                    while (true) {
                        KEPT.add(new long[1_000]);
                    }
                }
                case DIRECT_MEMORY -> {
                    while (true) {
                        ByteBuf kept = PooledByteBufAllocator.DEFAULT.directBuffer(1 << 20);
                        KEPT.add(kept);
                    }
                }
                case CLASS -> throw new NoClassDefFoundError("dev/botgate/Missing");
                case CLASS_IN_A_PIPELINE -> pipeline().writeInbound("anything");
                case MEMORY_ON_A_THREAD ->
                    new Thread(() -> {
                                throw new OutOfMemoryError("as thrown by a thread of ours");
                            })
                            .start();
                case CLASS_AS_A_CAUSE -> {
                    var unused = new GatewayException(
                            Failure.UPSTREAM_UNREACHABLE,
                            "unreachable",
                            new CompletionException(new NoClassDefFoundError("dev/botgate/Missing")));
                }
                case MEMORY_LOGGED_QUIETLY ->
                    LoggerFactory.getLogger("io.netty.quiet")
                            .debug("Failed to {}", "read", new OutOfMemoryError("quiet"));
                case STACK -> KEPT.add(deeper(0));
                case LIBRARY ->
                    LoggerFactory.getLogger("io.netty.native")
                            .warn(
                                    "Falls back",
                                    new NoClassDefFoundError().initCause(new UnsatisfiedLinkError("native")));
                case STOP -> {
                    ProcessEnd.atLatestIn(Duration.ofMillis(1));
                    hang();
                }
            }
        }

        private static EmbeddedChannel pipeline() {
            return new EmbeddedChannel(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    throw new NoClassDefFoundError("dev/botgate/Missing");
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                    context.fireExceptionCaught(new IllegalStateException("of a library", cause));
                }
            });
        }

        private static int deeper(int depth) {
            return depth < 0 ? 0 : deeper(depth + 1) + 1;
        }

        private static void hang() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException impossible) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
