package dev.botgate.identity;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystem;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads the keys at a location: a JWK Set in a file, a JWK Set at a URL, or a URL's OpenID configuration that names one. */
final class KeyFetcher {
    /** The maximum size of a document in bytes; those of Azure have about 20 kB. */
    static final int MAX_DOCUMENT_BYTES = 1 << 20;

    private static final JsonMapper JSON = new JsonMapper();

    private final FileSystem files;
    private final WebClient client;
    private final Duration timeout;

    /** @param timeout of a whole fetch, with the OpenID configuration if there is one */
    KeyFetcher(FileSystem files, WebClient client, Duration timeout) {
        this.files = files;
        this.client = client;
        this.timeout = timeout;
    }

    static KeyFetcher of(Vertx vertx, Duration timeout) {
        // Fetches are so rare that the server would close a kept connection.
        HttpClient client = vertx.httpClientBuilder()
                .with(new HttpClientOptions().setKeepAlive(false))
                .withConnectHandler(connection -> connection.exceptionHandler(reportedByTheFetch -> {}))
                .build();
        WebClientOptions options =
                new WebClientOptions().setFollowRedirects(false).setUserAgentEnabled(false);
        return new KeyFetcher(vertx.fileSystem(), WebClient.wrap(client, options), timeout);
    }

    /**
     * Fetches the keys at {@code location}.
     *
     * @return fails with a message for operators when the location cannot be read or has no JWK Set
     */
    Future<KeySet> fetch(URI location) {
        if ("file".equals(location.getScheme())) {
            return readFile(Path.of(location));
        }
        return get(location)
                .compose(document -> document.has("keys")
                        ? Future.succeededFuture(KeySet.of(document))
                        : get(keysUrl(location, document)).map(KeySet::of))
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    void close() {
        client.close();
    }

    private Future<KeySet> readFile(Path path) {
        return files.readFile(path.toString())
                .recover(unreadable -> Future.failedFuture(new IllegalArgumentException("not readable", unreadable)))
                .map(bytes -> KeySet.of(document(bytes)))
                .recover(cause ->
                        Future.failedFuture(new IllegalArgumentException(path + ": " + cause.getMessage(), cause)));
    }

    private Future<JsonNode> get(URI url) {
        return client.getAbs(url.toString())
                .timeout(timeout.toMillis())
                .putHeader("Accept", "application/json")
                .send()
                .map(response -> {
                    if (response.statusCode() != 200) {
                        throw new IllegalArgumentException("status " + response.statusCode() + " (expected: 200)");
                    }
                    return document(response.bodyAsBuffer());
                });
    }

    private static JsonNode document(@Nullable Buffer bytes) {
        try {
            if (bytes != null && bytes.length() <= MAX_DOCUMENT_BYTES) {
                JsonNode document = JSON.readTree(bytes.toString(StandardCharsets.UTF_8));
                if (document.isObject()) {
                    return document;
                }
            }
        } catch (JacksonException unreadable) {
            // Reported like any other document that is not an object.
        }
        throw new IllegalArgumentException("no JSON object of at most " + MAX_DOCUMENT_BYTES + " bytes");
    }

    /** The {@code jwks_uri} of an OpenID configuration; a configuration that came by TLS must name an https URL. */
    private static URI keysUrl(URI configuration, JsonNode document) {
        String text = document.path("jwks_uri").textValue();
        if (text == null) {
            throw new IllegalArgumentException("neither keys nor jwks_uri in the document");
        }
        URI url = URI.create(text);
        if (!IssuerSettings.isTrustworthy(url)) {
            throw new IllegalArgumentException("jwks_uri is not " + IssuerSettings.TRUSTWORTHY_URL);
        }
        if ("https".equalsIgnoreCase(configuration.getScheme()) && !"https".equalsIgnoreCase(url.getScheme())) {
            throw new IllegalArgumentException("jwks_uri " + url + " is not https although the document came by https");
        }
        return url;
    }
}
