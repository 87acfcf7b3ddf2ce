package dev.botgate.gateway;

import dev.botgate.config.Configuration;
import java.net.URI;
import java.util.Optional;

/** A whole gateway, from the database to the listeners; started and stopped on a thread that may block. */
public final class Gateway implements AutoCloseable {
    private final CloseStack closing;
    private final URI address;
    private final URI adminAddress;
    private final Optional<URI> sandboxAddress;

    Gateway(CloseStack closing, URI address, URI adminAddress, Optional<URI> sandboxAddress) {
        this.closing = closing;
        this.address = address;
        this.adminAddress = adminAddress;
        this.sandboxAddress = sandboxAddress;
    }

    /**
     * Starts everything, or nothing: after a failure, what was already started is stopped again.
     *
     * @param withSandbox whether a simulated connector is started too, which then answers for every connector
     * @param closing receives what is started; closing it during the start waits for the end of the start
     */
    public static Gateway start(Configuration configuration, boolean withSandbox, CloseStack closing) throws Exception {
        synchronized (closing) {
            try {
                return new GatewayStartup(configuration, closing).start(withSandbox);
            } catch (Exception | Error e) {
                closing.close();
                throw e;
            }
        }
    }

    /** Where bots reach the gateway. */
    public URI address() {
        return address;
    }

    /** Where the operator reaches it. */
    public URI adminAddress() {
        return adminAddress;
    }

    /** Where the simulated connector is; empty without one. */
    public Optional<URI> sandboxAddress() {
        return sandboxAddress;
    }

    /** Stops accepting requests, waits for running ones up to the configured timeout, flushes the trail and stops the rest. */
    @Override
    public void close() {
        closing.close();
    }
}
