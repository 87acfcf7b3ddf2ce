package dev.botgate.server;

/** By what the event loops hear of their connections. */
public enum TransportKind {
    /** The first of the others that there is. */
    AUTO,
    /** Linux's io_uring, where the kernel, and a container's seccomp profile, allow it. */
    IO_URING,
    /** Linux's epoll, by native code. */
    EPOLL,
    /** What Java brings. */
    NIO
}
