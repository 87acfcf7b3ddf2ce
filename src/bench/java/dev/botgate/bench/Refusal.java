package dev.botgate.bench;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * How a gateway refused a body.
 *
 * @param code of the error that it answered
 * @param totalMillis from the request's first byte to the answer's last
 * @param afterMillis of these, what passed once the socket had taken the request's last byte
 * @param allocatedBytes by the whole gateway meanwhile, the body itself included
 */
record Refusal(int status, String code, double totalMillis, double afterMillis, long allocatedBytes) {

    static Refusal of(Target gateway, String contentType, String coding, byte[] body) throws IOException {
        long allocated = gateway.allocatedBytes();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setTcpNoDelay(true);
            String head = "POST /v3/conversations/c/activities HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
                    + "Content-Type: " + contentType + "\r\n" + coding + "Content-Length: " + body.length + "\r\n\r\n";
            long began = System.nanoTime();
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            long sent = System.nanoTime();
            String reply = whole(socket.getInputStream());
            long ended = System.nanoTime();
            return new Refusal(
                    Integer.parseInt(reply.substring(9, 12)),
                    reply.replaceAll("(?s).*\"code\":\"([^\"]*)\".*", "$1"),
                    (ended - began) / 1e6,
                    (ended - sent) / 1e6,
                    gateway.allocatedBytes() - allocated);
        }
    }

    /** The reply up to the end of its body, which is announced or ends with the connection. */
    private static String whole(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] part = new byte[8_192];
        while (true) {
            int count = in.read(part);
            if (count > 0) {
                bytes.write(part, 0, count);
            }
            String text = bytes.toString(StandardCharsets.UTF_8);
            if (text.endsWith("}}") || (count < 0 && !text.isEmpty())) {
                return text;
            }
            if (count < 0) {
                throw new EOFException("The connection was closed without a reply");
            }
        }
    }
}
