package dev.botgate;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class BlockingCallsTest {
    static final class Waiting {
        String forAFuture(CompletableFuture<String> future) {
            Supplier<String> lazily = future::join;
            return lazily.get();
        }

        String forVertx(Future<String> future) {
            return future.await();
        }

        String forADisk(Path path) throws IOException {
            return Files.readString(path);
        }

        String forAQueue(BlockingQueue<String> queue) throws InterruptedException {
            String first = queue.poll(1, TimeUnit.SECONDS);
            return first == null ? queue.take() : first;
        }
    }

    static final class NotWaiting {
        String result(Future<String> future, AtomicReference<String> reference, BlockingQueue<String> queue) {
            return queue.offer(reference.get()) ? future.result() : "";
        }
    }

    @Test
    void whatWaits_isFound() {
        assertThat(violations(Waiting.class)).isEqualTo(5);
    }

    @Test
    void whatDoesNotWait_isNot() {
        assertThat(violations(NotWaiting.class)).isZero();
    }

    private static int violations(Class<?> type) {
        JavaClasses imported = new ClassFileImporter().importClasses(type);
        return ArchitectureTest.nothingBlocks_exceptStartUp
                .evaluate(imported)
                .getFailureReport()
                .getDetails()
                .size();
    }
}
