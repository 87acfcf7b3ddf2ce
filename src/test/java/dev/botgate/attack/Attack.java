package dev.botgate.attack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

/** What hostile or unlucky clients do to the data listener; each is bounded in requests and in time. */
enum Attack {
    /** A pipelined request stands behind one that is under way, and the client leaves. */
    PIPELINED_AND_GONE {
        @Override
        void on(AttackedGateway gateway) throws IOException {
            byte[] both = (get("/o") + post("c", "{\"type\":\"message\",\"text\":\"" + "x".repeat(60_000) + "\"}"))
                    .getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 12_000; i++) {
                try (SocketChannel client = gateway.connect()) {
                    sendWhole(client, both);
                }
                pause(1);
            }
        }
    },
    /** Replies of cached lists that nobody reads. */
    UNREAD_CACHED_REPLIES {
        @Override
        void on(AttackedGateway gateway) throws IOException {
            unread(gateway, get("/v3/conversations/c/members"));
        }
    },
    /** Replies of the connector that nobody reads. */
    UNREAD_PASSED_REPLIES {
        @Override
        void on(AttackedGateway gateway) throws IOException {
            unread(gateway, get("/list"));
        }
    },
    /** Replies that refuse, which nobody reads. */
    UNREAD_REFUSALS {
        @Override
        void on(AttackedGateway gateway) throws IOException {
            unread(gateway, get("/a/../b"));
        }
    },
    /** The connector never answers, and clients lose patience at the same time. */
    IMPATIENT {
        @Override
        void on(AttackedGateway gateway) throws IOException {
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < 1_300; i++) {
                clients.add(sent(gateway, get("/silent/list")));
            }
            for (int i = 0; i < 1_500; i++) {
                clients.add(sent(gateway, postTo("/silent", "c", "{\"type\":\"message\"}")));
            }
            pause(3_000);
            closeAll(clients);
        }
    },
    /** A small compressed body with very many service URLs. */
    SERVICE_URLS {
        @Override
        void on(AttackedGateway gateway) throws IOException {
            StringBuilder body = new StringBuilder("{\"activities\":[{\"serviceUrl\":\"http://x/up\"}");
            while (body.length() < 4_000_000) {
                body.append(",{\"serviceUrl\":\"http://x/up\"}");
            }
            byte[] compressed = gzip(body.append("]}").toString());
            byte[] head = ("POST /v3/conversations/c/activities/history HTTP/1.1\r\nHost: x\r\n"
                            + "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: "
                            + compressed.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SocketChannel client = gateway.connect();
                clients.add(client);
                sendWhole(client, head);
                sendWhole(client, compressed);
            }
            for (SocketChannel client : clients) {
                awaitByte(client);
            }
            closeAll(clients);
        }
    },
    /** Mutations that are answered with 15 MB each, to clients that read little. */
    LARGE_REPLIES {
        @Override
        void on(AttackedGateway gateway) throws IOException {
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                clients.add(sent(gateway, post("large", "{\"type\":\"message\"}")));
            }
            ByteBuffer some = ByteBuffer.allocate(4_096);
            for (int round = 0; round < 30; round++) {
                for (SocketChannel client : clients) {
                    client.configureBlocking(false);
                    if (client.read(some.clear()) < 0) {
                        client.close();
                    }
                }
                clients.removeIf(client -> !client.isOpen());
                pause(100);
            }
            closeAll(clients);
        }
    },
    /** Bodies that are promised large and come no further than their beginning. */
    HALF_BODIES {
        @Override
        void on(AttackedGateway gateway) throws IOException {
            String beginning = "POST /v3/conversations/c/activities HTTP/1.1\r\nHost: x\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 16000000\r\n\r\n{\"text\":\""
                    + "x".repeat(66_000);
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                clients.add(sent(gateway, beginning));
            }
            pause(3_000);
            closeAll(clients);
        }
    },
    /** Heads that never end. */
    HALF_HEADS {
        @Override
        void on(AttackedGateway gateway) throws IOException {
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                clients.add(sent(gateway, "GET /o HTTP/1.1\r\nHost: x\r\nX-Slow: "));
            }
            pause(3_000);
            closeAll(clients);
        }
    },
    /** Large XML bodies, which take long to convert. */
    LARGE_XML {
        @Override
        void on(AttackedGateway gateway) throws IOException {
            String body = "<Activity><type>message</type><text>" + "&lt;x&gt;".repeat(900_000) + "</text></Activity>";
            String request = "POST /v3/conversations/c/activities HTTP/1.1\r\nHost: x\r\n"
                    + "Content-Type: application/xml\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            for (int i = 0; i < 4; i++) {
                try (SocketChannel client = sentWhole(gateway, request)) {
                    awaitByte(client);
                }
            }
        }
    };

    private static final int UNREAD_CLIENTS = 60;
    private static final int UNREAD_REQUESTS = 1_000;

    /** Attacks once; returns when its clients have left. */
    abstract void on(AttackedGateway gateway) throws IOException;

    private static void unread(AttackedGateway gateway, String request) throws IOException {
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < UNREAD_CLIENTS; i++) {
            clients.add(sent(gateway, request.repeat(UNREAD_REQUESTS)));
        }
        pause(3_000);
        closeAll(clients);
    }

    static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer attacker\r\n\r\n";
    }

    static String post(String conversation, String body) {
        return postTo("", conversation, body);
    }

    private static String postTo(String connector, String conversation, String body) {
        return "POST " + connector + "/v3/conversations/" + conversation + "/activities HTTP/1.1\r\nHost: x\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** A connection on which as much was sent as the other side takes. */
    private static SocketChannel sent(AttackedGateway gateway, String text) throws IOException {
        SocketChannel client = gateway.connect();
        client.configureBlocking(false);
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        try {
            int written;
            do {
                written = client.write(bytes);
            } while (written > 0 && bytes.hasRemaining());
        } catch (IOException closed) {
            // The gateway may defend itself so.
        }
        return client;
    }

    private static SocketChannel sentWhole(AttackedGateway gateway, String text) throws IOException {
        SocketChannel client = gateway.connect();
        sendWhole(client, text.getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private static void sendWhole(SocketChannel client, byte[] bytes) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        try {
            while (left.hasRemaining() && client.write(left) >= 0) {}
        } catch (IOException closed) {
            // The gateway may defend itself so.
        }
    }

    /** Waits for the reply's first byte, or for the connection's end. */
    private static void awaitByte(SocketChannel client) throws IOException {
        client.configureBlocking(true);
        try {
            var unused = client.read(ByteBuffer.allocate(1));
        } catch (IOException closed) {
            // The gateway may defend itself so.
        }
    }

    private static void closeAll(List<SocketChannel> clients) throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(millis * 1_000_000);
    }
}
