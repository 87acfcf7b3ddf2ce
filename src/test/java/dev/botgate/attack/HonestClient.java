package dev.botgate.attack;

import dev.botgate.testing.Raw;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A bot that sends a message or asks for a list each 20 ms or less often, on one connection, and notes what fails. */
final class HonestClient implements AutoCloseable {
    private static final long PAUSE_NANOS = 20_000_000;

    private final int port;
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final Thread thread;
    private volatile boolean over;

    HonestClient(int port) {
        this.port = port;
        this.thread = new Thread(this::run, "honest-client");
        thread.setDaemon(true);
        thread.start();
    }

    /** What failed so far; a client that has failed waits for a while. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    int answered() {
        return answered.get();
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", interrupted);
        }
    }

    private void run() {
        while (!over) {
            try (Raw connection = Raw.connect(port)) {
                while (!over) {
                    expect(201, connection.send(Attack.post("honest", "{\"type\":\"message\",\"text\":\"hello\"}")));
                    expect(200, connection.send(Attack.get("/v3/conversations/honest/members")));
                    expect(200, connection.send(Attack.get("/list")));
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } catch (UncheckedIOException broken) {
                failures.add(String.valueOf(broken.getCause()));
                LockSupport.parkNanos(50 * PAUSE_NANOS);
            }
        }
    }

    private void expect(int status, Raw connection) {
        Raw.Reply reply = connection.reply();
        if (reply.status() == status) {
            answered.incrementAndGet();
        } else {
            failures.add(reply.statusLine() + " " + (reply.text().length() > 300 ? "" : reply.text()));
        }
    }
}
