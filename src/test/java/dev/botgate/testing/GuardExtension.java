package dev.botgate.testing;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

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
}
