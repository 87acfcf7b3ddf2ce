package dev.botgate.embedded;

import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a server running: where it has died, it is started again on the same port, so that whoever lost connections finds
 * it. Has a thread of its own; every method may wait for a start that is under way.
 */
final class ServerSupervisor {
    private static final Logger log = LoggerFactory.getLogger(ServerSupervisor.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Postmaster postmaster;
    private PostmasterFile server;
    private boolean stopping;

    private ServerSupervisor(Postmaster postmaster, PostmasterFile server) {
        this.postmaster = postmaster;
        this.server = server;
    }

    /** Keeps {@code server}, which runs. */
    static ServerSupervisor of(Postmaster postmaster, PostmasterFile server) {
        ServerSupervisor keeper = new ServerSupervisor(postmaster, server);
        Thread thread = new Thread(keeper::keep, "keeper of PostgreSQL");
        thread.setDaemon(true);
        thread.start();
        return keeper;
    }

    /** The one that runs, or was the last to. */
    synchronized PostmasterFile server() {
        return server;
    }

    DataDirectory directory() {
        return postmaster.directory();
    }

    /** Stops the server, for good. */
    synchronized void stop() throws IOException {
        stopping = true;
        notifyAll();
        postmaster.stop(server.pid());
    }

    private synchronized void keep() {
        Duration pause = LOOK_AGAIN;
        try {
            while (!stopping) {
                wait(pause.toMillis());
                if (!stopping && died()) {
                    pause = startAgain() ? LOOK_AGAIN : longer(pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Only where that is certain: two servers of one cluster would ruin it. */
    private boolean died() {
        return switch (server.writer(directory().cluster())) {
            case GONE, TAKEN -> true;
            case RUNNING, UNKNOWN -> false;
        };
    }

    private boolean startAgain() {
        log.atError().addKeyValue("pid", server.pid()).log("PostgreSQL has died; it is started again");
        try {
            postmaster.stopLeftOver();
            server = postmaster.start(server.port());
            log.atInfo().addKeyValue("pid", server.pid()).log("PostgreSQL runs again");
            return true;
        } catch (IOException | EmbeddedDatabaseException e) {
            log.atError().setCause(e).log("PostgreSQL could not be started again; it is tried again later");
            return false;
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }
}
