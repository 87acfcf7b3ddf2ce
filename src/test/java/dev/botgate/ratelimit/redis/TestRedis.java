package dev.botgate.ratelimit.redis;

import dev.botgate.fleet.RedisSettings;
import dev.botgate.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import redis.embedded.RedisServer;

/** A real Redis on a free port, that can be killed and started again. */
public final class TestRedis implements AutoCloseable {
    private final int port;
    private final String[] settings;
    private RedisServer server;
    private ProcessHandle process;

    /** @param settings lines of its configuration */
    public TestRedis(String... settings) {
        this.settings = settings.clone();
        this.port = Ports.free();
        start();
    }

    public int port() {
        return port;
    }

    /** How a gateway connects to it, with a heartbeat of 50 ms. */
    public RedisSettings settings() {
        return settings(Duration.ofSeconds(2), Duration.ofMillis(50));
    }

    public RedisSettings settings(Duration commandTimeout, Duration heartbeat) {
        URI url = URI.create("redis://127.0.0.1:" + port);
        return new RedisSettings(url, "botgate-test", Duration.ofSeconds(2), commandTimeout, heartbeat, null);
    }

    public void start() {
        Set<ProcessHandle> before = ProcessHandle.current().children().collect(Collectors.toSet());
        try {
            var builder = RedisServer.newRedisServer()
                    .port(port)
                    .bind("127.0.0.1")
                    .setting("save \"\"")
                    .setting("appendonly no")
                    .setting("daemonize no");
            for (String setting : settings) {
                builder.setting(setting);
            }
            server = builder.build();
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

    /** SIGSTOP: it takes what is sent, and says nothing, until it {@link #thaw thaws}. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets a frozen server go on. */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
