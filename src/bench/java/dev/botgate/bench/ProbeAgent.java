package dev.botgate.bench;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.management.AttributeNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** What {@link JvmProbe} asks inside of a measured JVM, which loads it with {@code -javaagent}: idle until it is asked. */
public final class ProbeAgent {
    static final int ALLOCATED = 'a';
    static final int LIVE = 'l';
    static final int COMPILED = 'c';

    private ProbeAgent() {}

    /** Called by the JVM before its own main method, with the port to listen on. */
    public static void premain(String port) throws IOException {
        ServerSocket listener = new ServerSocket(Integer.parseInt(port), 1, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> answer(listener), "probe");
        thread.setDaemon(true);
        thread.start();
    }

    /** Writes the jar that the JVM wants to have for it. */
    static Path jar(Path file) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Premain-Class"), ProbeAgent.class.getName());
        String name = ProbeAgent.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest);
                var code = ProbeAgent.class.getClassLoader().getResourceAsStream(name)) {
            if (code == null) {
                throw new IOException(name + " is not on the class path");
            }
            jar.putNextEntry(new JarEntry(name));
            jar.write(code.readAllBytes());
            jar.closeEntry();
        }
        return file;
    }

    private static void answer(ServerSocket listener) {
        while (true) {
            try (Socket asked = listener.accept();
                    PrintStream reply = new PrintStream(asked.getOutputStream(), true, StandardCharsets.US_ASCII)) {
                for (int what = asked.getInputStream().read();
                        what >= 0;
                        what = asked.getInputStream().read()) {
                    reply.println(what == ALLOCATED ? allocatedBytes() : what == LIVE ? liveBytes() : compiledMillis());
                }
            } catch (IOException | JMException e) {
                System.err.println("probe: " + e);
            }
        }
    }

    /** What all threads have allocated; before JDK 21 only those that still live. */
    private static long allocatedBytes() throws JMException {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        ObjectName threads = new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME);
        try {
            return (Long) beans.getAttribute(threads, "TotalThreadAllocatedBytes");
        } catch (AttributeNotFoundException older) {
            Object[] ids = {beans.getAttribute(threads, "AllThreadIds")};
            Object bytes = beans.invoke(threads, "getThreadAllocatedBytes", ids, new String[] {"[J"});
            return Arrays.stream((long[]) bytes).filter(each -> each > 0).sum();
        }
    }

    /** How long has been compiled. */
    private static long compiledMillis() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    /** What the heap holds once it was collected. */
    private static long liveBytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    /** A look into a JVM that runs {@link ProbeAgent}. */
    static final class JvmProbe implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader replies;

        private JvmProbe(Socket socket) throws IOException {
            this.socket = socket;
            this.replies =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
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
}
