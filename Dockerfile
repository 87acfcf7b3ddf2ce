# syntax=docker/dockerfile:1

# Java 17 is what the sources are written for, and what the compile-time checks run on.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/root/.m2 mvn -B -q -ntp -DskipTests package

FROM eclipse-temurin:25-jre AS runtime
# Without a locale of UTF-8, Java cannot name files beyond ASCII.
ENV LANG=C.UTF-8 LC_ALL=C.UTF-8
# A user with a name: the embedded PostgreSQL does not run for a bare number.
RUN groupadd --gid 10001 botgate \
    && useradd --uid 10001 --gid botgate --no-create-home --home-dir /var/lib/botgate --shell /usr/sbin/nologin botgate \
    && install -d -o botgate -g botgate -m 0700 /var/lib/botgate /var/lib/botgate/data
COPY --from=build /build/target/botgate.jar /opt/botgate/botgate.jar

# A short run of the gateway, whose classes then start as they were left: half of the time to the first request. With other
# options, or another jar, Java says that the cache does not fit, and starts without it.
FROM runtime AS training
COPY src/main/docker/aot-cache /opt/botgate/aot-cache
USER botgate
RUN bash /opt/botgate/aot-cache /opt/botgate/botgate.jar /tmp/aot/botgate.aot \
    -XX:+UseSerialGC -XX:MaxRAMPercentage=50 --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow

FROM runtime
COPY --from=training /tmp/aot/botgate.aot /opt/botgate/botgate.aot

USER botgate
WORKDIR /var/lib/botgate
VOLUME /var/lib/botgate/data

# Inside, loopback reaches nobody; what is reachable from outside is for --publish to say.
# The operator's listener (3981) stays on loopback, where "docker exec" and the health check reach it: the gateway does
# not bind it beyond that without tokens. To publish it, make one with "docker run --rm botgate token NAME", pass the two
# variables that this prints, and BOTGATE_ADMIN_HOST=0.0.0.0.
ENV BOTGATE_SERVER_HOST=0.0.0.0
EXPOSE 3980

# By bash, since the image brings no HTTP client, and a JVM each time would cost more than the gateway does.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3981 && printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

# Half of the memory is left to network buffers and the embedded PostgreSQL. Stopping takes up to server.shutdown-timeout:
# docker stop --time 40.
ENTRYPOINT ["java", \
    "-XX:AOTCache=/opt/botgate/botgate.aot", \
    "-XX:+UseSerialGC", \
    "-XX:MaxRAMPercentage=50", \
    "--enable-native-access=ALL-UNNAMED", \
    "--sun-misc-unsafe-memory-access=allow", \
    "-jar", "/opt/botgate/botgate.jar"]
CMD ["run"]
