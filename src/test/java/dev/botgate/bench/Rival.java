package dev.botgate.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A proxy that others made, measured where it is installed: one process that works, access log off. */
enum Rival {
    NGINX("nginx", "nginx"),
    NGINX_CACHE("nginx proxy_cache", "nginx"),
    HAPROXY("HAProxy", "haproxy");

    private static final int MOST_CONNECTIONS = 15_000;
    private static final int MOST_DESCRIPTORS = 20_000;
    private static final int SPARE_DESCRIPTORS = 512;

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
        return Arrays.stream((System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin").split(File.pathSeparator))
                .map(directory -> Path.of(directory, executable))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The command that runs {@code program} in {@code directory}, its configuration written there. */
    List<String> command(Path program, Path directory, int port, int upstream) throws IOException {
        Path file = Files.createDirectories(directory).resolve(executable + ".conf");
        if (this == HAPROXY) {
            return List.of(
                    program.toString(),
                    "-db",
                    "-f",
                    Files.writeString(file, haproxy(port, upstream, descriptors()))
                            .toString());
        }
        String configuration = nginx(directory, port, upstream, this == NGINX_CACHE, descriptors());
        return List.of(
                program.toString(),
                "-p",
                directory.toString(),
                "-c",
                Files.writeString(file, configuration).toString());
    }

    private static String nginx(Path directory, int port, int upstream, boolean cache, int descriptors) {
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
            worker_rlimit_nofile %d;
            pid %s/nginx.pid;
            error_log %s/error.log warn;
            events { worker_connections 16384; }
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
                        Math.min(MOST_DESCRIPTORS, descriptors),
                        directory,
                        directory,
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

    /** How many files a process may open, at most. */
    private static int descriptors() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.split(" {2,}")[2].strip())
                .findFirst()
                .filter(limit -> limit.matches("[0-9]{1,9}"))
                .map(Integer::valueOf)
                .orElse(Integer.MAX_VALUE);
    }

    /** Counts two descriptors for a connection, and does not start where there may not be as many. */
    private static String haproxy(int port, int upstream, int descriptors) {
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
                .formatted(Math.min(MOST_CONNECTIONS, (descriptors - SPARE_DESCRIPTORS) / 2), port, upstream);
    }
}
