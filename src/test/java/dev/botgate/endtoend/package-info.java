/**
 * The whole gateway between sockets: what no single room can prove.
 *
 * <p>Each class has a gateway of its own in this process, or processes that run the jar.
 */
package dev.botgate.endtoend;
