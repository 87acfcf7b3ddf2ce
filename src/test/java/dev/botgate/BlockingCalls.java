package dev.botgate;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import io.vertx.core.file.FileSystem;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;

/** Calls that make the calling thread wait: for another thread, a process, a disk, or a name server. */
final class BlockingCalls {
    private static final String ANY = ".*";

    /** Type to a pattern of its methods that wait. */
    private static final Map<Class<?>, String> METHODS = Map.ofEntries(
            Map.entry(Thread.class, "sleep|join"),
            Map.entry(Object.class, "wait"),
            Map.entry(io.vertx.core.Future.class, "await"),
            Map.entry(Future.class, "get|join"),
            Map.entry(CompletableFuture.class, "get|join"),
            Map.entry(CountDownLatch.class, "await"),
            Map.entry(CyclicBarrier.class, "await"),
            Map.entry(Phaser.class, "await.*|arriveAndAwaitAdvance"),
            Map.entry(Condition.class, "await.*"),
            Map.entry(Semaphore.class, "acquire.*"),
            Map.entry(BlockingQueue.class, "take|put"),
            Map.entry(ExecutorService.class, "awaitTermination|invokeAll|invokeAny|close"),
            Map.entry(LockSupport.class, "park.*"),
            Map.entry(Process.class, "waitFor"),
            Map.entry(ProcessBuilder.class, "start"),
            Map.entry(Files.class, ANY),
            Map.entry(FileChannel.class, "open|force|read|write"),
            Map.entry(FileSystem.class, ".*Blocking"),
            Map.entry(URL.class, "openStream|openConnection"),
            Map.entry(URLConnection.class, ANY),
            Map.entry(InetAddress.class, "getByName|getAllByName|getLocalHost"),
            Map.entry(java.net.http.HttpClient.class, "send"));

    private static final List<Class<?>> CONSTRUCTORS = List.of(
            FileInputStream.class,
            FileOutputStream.class,
            FileReader.class,
            FileWriter.class,
            RandomAccessFile.class,
            Socket.class);

    private BlockingCalls() {}

    /** Calls, and method references alike. */
    static DescribedPredicate<JavaAccess<?>> any() {
        return DescribedPredicate.describe(
                "would block",
                access -> access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target && blocks(target));
    }

    private static boolean blocks(AccessTarget.CodeUnitAccessTarget target) {
        JavaClass owner = target.getOwner();
        if (target.getName().equals(JavaConstructor.CONSTRUCTOR_NAME)) {
            return CONSTRUCTORS.stream().anyMatch(owner::isAssignableTo);
        }
        boolean waits = METHODS.entrySet().stream()
                .anyMatch(entry ->
                        owner.isAssignableTo(entry.getKey()) && target.getName().matches(entry.getValue()));
        // Such as BlockingQueue.poll(long, TimeUnit); scheduling takes a unit too, but waits for nothing.
        boolean waitsForAWhile = owner.isAssignableTo(BlockingQueue.class)
                && target.getRawParameterTypes().stream().anyMatch(type -> type.isEquivalentTo(TimeUnit.class));
        return waits || waitsForAWhile;
    }
}
