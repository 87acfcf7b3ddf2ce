package dev.botgate.identity;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Fetches keys by HTTP, by way of the OpenID configuration if that is what lies at the URL. Redirects are not followed. */
final class HttpKeyFetch implements KeyFetch {
    private final HttpClient client;
    private final URI url;
    private final Duration timeout;

    /** @param timeout of the whole */
    HttpKeyFetch(HttpClient client, URI url, Duration timeout) {
        this.client = client;
        this.url = url;
        this.timeout = timeout;
    }

    @Override
    public Future<KeySet> fetch() {
        return get(url).map(KeyDocument::read)
                .compose(this::followed)
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Future<KeySet> followed(KeyDocument found) {
        if (found instanceof KeyDocument.Keys keys) {
            return Future.succeededFuture(keys.keys());
        }
        URI link = ((KeyDocument.Link) found).url();
        if (!KeyLocation.Url.mayLead(url, link)) {
            return Future.failedFuture(
                    new IllegalArgumentException("its jwks_uri, " + link + ", is not https as it is itself"));
        }
        return get(link).map(KeyDocument::read).compose(last -> {
            if (last instanceof KeyDocument.Keys keys) {
                return Future.succeededFuture(keys.keys());
            }
            return Future.failedFuture(new IllegalArgumentException("there are no keys at its jwks_uri, " + link));
        });
    }

    private Future<Buffer> get(URI from) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(from.toString())
                .setTimeout(timeout.toMillis())
                .putHeader("Accept", "application/json");
        // One step, so that nothing of the body comes before there is somebody to take it.
        return client.request(options).compose(request -> request.send().compose(HttpKeyFetch::body));
    }

    private static Future<Buffer> body(HttpClientResponse response) {
        if (response.statusCode() == 200) {
            return whole(response);
        }
        response.exceptionHandler(resetByUs -> {});
        response.request().reset();
        return Future.failedFuture("status " + response.statusCode() + " (expected: 200)");
    }

    private static Future<Buffer> whole(HttpClientResponse response) {
        Promise<Buffer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(body));
        response.handler(part -> {
            if (body.length() + part.length() <= KeyDocument.LARGEST) {
                body.appendBuffer(part);
            } else {
                whole.tryFail("more than " + KeyDocument.LARGEST + " bytes");
                response.request().reset();
            }
        });
        return whole.future();
    }
}
