package dev.botgate.identity;

import io.vertx.core.Future;
import io.vertx.core.file.FileSystem;
import java.nio.file.Path;

/** Reads keys from a file. */
final class FileKeyFetch implements KeyFetch {
    private final FileSystem files;
    private final Path path;

    FileKeyFetch(FileSystem files, Path path) {
        this.files = files;
        this.path = path;
    }

    @Override
    public Future<KeySet> fetch() {
        return files.readFile(path.toString())
                .recover(unread -> Future.failedFuture(new IllegalArgumentException("not readable", unread)))
                .map(KeyDocument::read)
                .compose(found -> found instanceof KeyDocument.Keys keys
                        ? Future.succeededFuture(keys.keys())
                        : Future.failedFuture(new IllegalArgumentException("no keys in it")))
                .recover(cause -> Future.failedFuture(
                        cause instanceof WithdrawnKeys withdrawn
                                ? withdrawn.in(path.toString())
                                : new IllegalArgumentException(path + ": " + cause.getMessage(), cause)));
    }
}
