package dev.botgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A proxy that others made, measured where it is installed: one process that works, access log off. */
enum Rival {
    NGINX("nginx", "nginx"),
    NGINX_CACHE("nginx proxy_cache", "nginx"),
    HAPROXY("HAProxy", "haproxy");

    /** Of clients; some are spare. HAProxy does not start where it may not open twice as many files. */
    private static final int CONNECTIONS = 1_000;

    private final String title;
    private final String executable;

    Rival(String title, String executable) {
        this.title = title;
        this.executable = executable;
    }

    String title() {
        return title;
    }

    /** Where it is installed. */
    Optional<Path> executable() {
        return Program.installed(executable, "/usr/sbin", "/usr/local/sbin");
    }

    /** The command that runs {@code program} in {@code directory}, its configuration written there. */
    List<String> command(Path program, Path directory, int port, int upstream) throws IOException {
        Path file = Files.createDirectories(directory).resolve(executable + ".conf");
        if (this == HAPROXY) {
            return List.of(
                    program.toString(),
                    "-db",
                    "-f",
                    Files.writeString(file, haproxy(port, upstream)).toString());
        }
        String configuration = nginx(directory, port, upstream, this == NGINX_CACHE);
        return List.of(
                program.toString(),
                "-p",
                directory.toString(),
                "-c",
                Files.writeString(file, configuration).toString());
    }

    private static String nginx(Path directory, int port, int upstream, boolean cache) {
        String caching =
                """
                    proxy_cache lists;
                    proxy_cache_key "$request_uri $http_authorization";
                    proxy_cache_valid 200 5m;
                    proxy_cache_lock on;
                """;
        return """
            daemon off;
            %s
            worker_processes 1;
            pid %s/nginx.pid;
            error_log %s/error.log warn;
            events { worker_connections %d; }
            http {
                access_log off;
                keepalive_requests 1000000000;
                client_body_temp_path %s/body;
                proxy_temp_path %s/proxy;
                fastcgi_temp_path %s/fastcgi;
                uwsgi_temp_path %s/uwsgi;
                scgi_temp_path %s/scgi;
                proxy_cache_path %s/cache keys_zone=lists:16m max_size=64m use_temp_path=off;
                upstream connector { server 127.0.0.1:%d; keepalive 256; keepalive_requests 1000000000; }
                server {
                    listen 127.0.0.1:%d;
                    location / {
                        proxy_pass http://connector;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_buffers 16 16k;
            %s
                    }
                }
            }
            """
                .formatted(
                        System.getProperty("user.name").equals("root") ? "user root;" : "",
                        directory,
                        directory,
                        2 * CONNECTIONS,
                        directory,
                        directory,
                        directory,
                        directory,
                        directory,
                        directory,
                        upstream,
                        port,
                        cache ? caching : "");
    }

    private static String haproxy(int port, int upstream) {
        return """
            global
                nbthread 1
                maxconn %d
            defaults
                mode http
                timeout connect 5s
                timeout client 120s
                timeout server 120s
                http-reuse always
            frontend bots
                bind 127.0.0.1:%d
                default_backend connector
            backend connector
                server upstream 127.0.0.1:%d pool-max-conn 256
            """
                .formatted(CONNECTIONS, port, upstream);
    }
}
