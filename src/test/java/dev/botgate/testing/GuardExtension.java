package dev.botgate.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.slf4j.LoggerFactory;

/**
 * Fails the test in which an event loop was blocked, an exception went unseen or a Netty buffer leaked.
 *
 * <p>Registered for every test through {@code META-INF/services}. It listens to the logs of Vert.x and Netty at ERROR, to
 * Netty's warnings that carry an exception, to Vert.x's checker of blocked threads, and to threads that end by an
 * exception. Buffers leak in silence until they are collected: a collection after each class brings them to light. A test
 * that provokes one of these says so with {@link Provokes}. Tests must not run at the same time in one JVM.
 */
public final class GuardExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final Findings FINDINGS = new Findings();

    static {
        // Vert.x turns the detector off as it is loaded, unless this is set.
        System.setProperty("io.netty.leakDetection.level", "paranoid");
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    /** Waits until the guard has found something with {@code part} in its text. */
    public static void await(String part) throws InterruptedException {
        FINDINGS.await(part);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        FINDINGS.running("while preparing " + context.getDisplayName());
        FINDINGS.listen();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        FINDINGS.running("in " + name(context));
        FINDINGS.listen();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        FINDINGS.running("after " + name(context));
        check(expected(context));
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        if (context.getParent().flatMap(ExtensionContext::getTestClass).isEmpty()) {
            bringLeaksToLight();
        }
        check(Optional.empty());
    }

    private static void check(Optional<String> expected) {
        List<String> unexpected = new ArrayList<>(FINDINGS.take());
        boolean met = expected.isEmpty() || unexpected.removeIf(text -> text.contains(expected.get()));
        if (!unexpected.isEmpty()) {
            throw new AssertionError("The guard found:\n" + String.join("\n", unexpected));
        }
        if (!met) {
            throw new AssertionError("The guard found nothing with \"" + expected.orElseThrow() + "\" in it");
        }
    }

    private static Optional<String> expected(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getElement(), Provokes.class)
                .or(() -> AnnotationSupport.findAnnotation(context.getTestClass(), Provokes.class))
                .map(Provokes::value);
    }

    private static String name(ExtensionContext context) {
        return context.getRequiredTestClass().getSimpleName() + "." + context.getDisplayName();
    }

    /**
     * Collects garbage and has Netty look at what was collected.
     *
     * <p>The JVM hands over the references that one collection cleared in no certain order, but all of them before those
     * of the next collection. So a second collection shows that Netty has been given all of the first.
     */
    public static void bringLeaksToLight() throws InterruptedException {
        awaitACollection();
        awaitACollection();
        if (!UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release()) {
            throw new AssertionError("A buffer of its own was not released");
        }
    }

    private static void awaitACollection() throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        Reference<Object> canary = new PhantomReference<>(new Object(), collected);
        System.gc();
        if (collected.remove(Patience.LIMIT.toMillis()) != canary) {
            throw new AssertionError("Garbage was not collected within " + Patience.LIMIT);
        }
    }

    /** What went wrong out of any test's sight: blocked event loops, exceptions nobody handled, leaked buffers. */
    static final class Findings {
        /** The name is a string in Vert.x, and that of no class since version 5. */
        static final String BLOCKED_THREADS = "io.vertx.core.impl.BlockedThreadChecker";

        /** Vert.x logs at ERROR that the other end reset a connection on which nobody listens for that; it proves nothing. */
        private static final Pattern OTHER_END_LEFT = Pattern.compile("Connection reset( by peer)?|Broken pipe");

        private static final List<String> LOGGERS = List.of("io.vertx", "io.netty");

        private final List<String> found = new ArrayList<>();
        private final BlockedThreads blocked = new BlockedThreads();
        private String running = "before the first test";

        /** Begins, or goes on, to listen: other code may have reset the logging since. */
        void listen() {
            for (String name : LOGGERS) {
                Logger logger = (Logger) LoggerFactory.getLogger(name);
                if (logger.getAppender(Ear.NAME) == null) {
                    Ear ear = new Ear();
                    ear.setContext(logger.getLoggerContext());
                    ear.start();
                    logger.addAppender(ear);
                }
            }
            if (!(Thread.getDefaultUncaughtExceptionHandler() instanceof Last)) {
                Thread.setDefaultUncaughtExceptionHandler(new Last());
            }
        }

        /** Says what is running, for the texts of what is found from now on. */
        synchronized void running(String what) {
            running = what;
        }

        /** What was found since the last time. */
        synchronized List<String> take() {
            List<String> taken = List.copyOf(found);
            found.clear();
            return taken;
        }

        /** Waits for something found with {@code part} in its text, which stays to be taken. */
        synchronized void await(String part) throws InterruptedException {
            long end = System.nanoTime() + Patience.LIMIT.toNanos();
            while (found.stream().noneMatch(text -> text.contains(part))) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new AssertionError("The guard found nothing with \"" + part + "\" within " + Patience.LIMIT);
                }
                wait(left);
            }
        }

        private synchronized void add(String text) {
            found.add("[" + running + "] " + text);
            notifyAll();
        }

        private boolean counts(ILoggingEvent event) {
            if (event.getLoggerName().equals(BLOCKED_THREADS)) {
                return event.getLevel().isGreaterOrEqual(Level.WARN) && blocked.areMeantBy(event.getFormattedMessage());
            }
            IThrowableProxy thrown = event.getThrowableProxy();
            String said = thrown == null ? event.getFormattedMessage() : thrown.getMessage();
            if (said != null && OTHER_END_LEFT.matcher(said).matches()) {
                return false;
            }
            boolean error = event.getLevel().isGreaterOrEqual(Level.ERROR);
            boolean swallowed = event.getLevel().equals(Level.WARN)
                    && thrown != null
                    && event.getLoggerName().startsWith("io.netty.");
            return error || swallowed;
        }

        private static String describe(ILoggingEvent event) {
            StringBuilder text =
                    new StringBuilder(event.getLoggerName()).append(": ").append(event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
                text.append('\n').append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
            return text.toString();
        }

        /** Hears the log. */
        private final class Ear extends AppenderBase<ILoggingEvent> {
            static final String NAME = "botgate-test-guard";

            Ear() {
                setName(NAME);
            }

            @Override
            protected void append(ILoggingEvent event) {
                if (counts(event)) {
                    add(describe(event));
                }
            }
        }

        /** Sees what ends threads. */
        private final class Last implements Thread.UncaughtExceptionHandler {
            @Override
            public void uncaughtException(Thread thread, Throwable cause) {
                StringWriter trace = new StringWriter();
                cause.printStackTrace(new PrintWriter(trace));
                add("uncaught in thread " + thread.getName() + ": " + trace);
            }
        }
    }

    /**
     * Marks a test that provokes what the {@link GuardExtension} would fail it for.
     *
     * <p>The test fails when nothing was found that has {@link #value} in its text, or when something else was.
     */
    @Documented
    @Target({ElementType.METHOD, ElementType.TYPE})
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Provokes {
        /** A part of what will be found. */
        String value();
    }
}
