package dev.botgate.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for what is told its port before it listens, and for what keeps its port when it starts again.
 *
 * <p>They lie below the range from which the system gives ports to connections and to whoever asks for any, so that nobody
 * else gets one between the choice and the use, nor while a server that was killed is down; and that no client that waits
 * for a server meets itself. The second port of a member of a Redis cluster, ten thousand above, lies below that range too.
 */
public final class Ports {
    private static final int COUNT = 1_350;

    /** Each of the JVMs that run tests side by side has a range of its own. */
    private static final int FIRST = 20_000 + COUNT * ((Integer.getInteger("test.fork", 1) - 1) % 2);

    /** At random, since other processes may choose too. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private Ports() {}

    /** A port at which nobody listens; the next call gives another. */
    public static int free() {
        for (int tries = 0; tries < COUNT; tries++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("Somebody listens at each port from " + FIRST + " to " + (FIRST + COUNT - 1));
    }

    /** At every address of this machine. */
    private static boolean isFree(int port) {
        try (ServerSocket free = new ServerSocket(port)) {
            return free.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
