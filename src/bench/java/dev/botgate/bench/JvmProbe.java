package dev.botgate.bench;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A look into a JVM that runs {@link ProbeAgent}. */
final class JvmProbe implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader replies;

    private JvmProbe(Socket socket) throws IOException {
        this.socket = socket;
        this.replies = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    static JvmProbe at(int port) throws IOException {
        return new JvmProbe(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** What all its threads have allocated. */
    long allocatedBytes() throws IOException {
        return ask(ProbeAgent.ALLOCATED);
    }

    /** What its heap holds once it was collected. */
    long liveBytes() throws IOException {
        return ask(ProbeAgent.LIVE);
    }

    /** How long its compilers have worked. */
    long compiledMillis() throws IOException {
        return ask(ProbeAgent.COMPILED);
    }

    private long ask(int what) throws IOException {
        socket.getOutputStream().write(what);
        String reply = replies.readLine();
        if (reply == null) {
            throw new EOFException("The JVM has ended");
        }
        return Long.parseLong(reply);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
