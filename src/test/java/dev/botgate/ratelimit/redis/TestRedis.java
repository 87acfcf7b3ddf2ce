package dev.botgate.ratelimit.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.stream.Collectors;
import redis.embedded.RedisServer;

/** A real Redis on a free port, that can be killed and started again. */
public final class TestRedis implements AutoCloseable {
    private final int port;
    private RedisServer server;
    private ProcessHandle process;

    public TestRedis() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    public int port() {
        return port;
    }

    public void start() {
        Set<ProcessHandle> before = ProcessHandle.current().children().collect(Collectors.toSet());
        try {
            server = RedisServer.newRedisServer()
                    .port(port)
                    .bind("127.0.0.1")
                    .setting("save \"\"")
                    .setting("appendonly no")
                    .setting("daemonize no")
                    .build();
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process = ProcessHandle.current()
                .children()
                .filter(child -> !before.contains(child))
                .findFirst()
                .orElseThrow();
    }

    /** SIGKILL: what Redis knew is gone. */
    public void kill() {
        boolean killed = process.destroyForcibly();
        if (!killed) {
            throw new IllegalStateException("Redis could not be killed");
        }
        process.onExit().join();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
