package dev.botgate.exchange;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** The content codings that can be undone here: {@code gzip}, {@code deflate} and {@code identity} (RFC 9110 section 8.4.1). */
public final class ContentCodings {
    private ContentCodings() {}

    /**
     * The bytes behind {@code coding}, decoded as they are read. To be closed: what decodes takes memory that the heap does
     * not know of.
     *
     * @param coding a {@code Content-Encoding}; null is {@code identity}
     * @return empty for a coding that is not understood
     */
    public static Optional<InputStream> decoded(Buffer bytes, @Nullable String coding) throws IOException {
        byte[] array = bytes.getBytes();
        InputStream raw = new ByteArrayInputStream(array);
        return switch (coding == null ? "" : coding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> Optional.of(raw);
            case "gzip", "x-gzip" -> Optional.of(gzip(array, raw));
            case "deflate" -> Optional.of(new Inflated(raw, new Inflater(!startsAsZlib(array))));
            default -> Optional.empty();
        };
    }

    /**
     * All the bytes behind {@code coding}.
     *
     * @return empty for a coding that is not understood, for what is not so coded, and for more than {@code maximumBytes}
     */
    public static Optional<Buffer> decode(Buffer bytes, @Nullable String coding, int maximumBytes) {
        try {
            Optional<InputStream> decoded = decoded(bytes, coding);
            if (decoded.isEmpty()) {
                return Optional.empty();
            }
            try (InputStream stream = decoded.get()) {
                byte[] all = stream.readNBytes(maximumBytes);
                return stream.read() < 0 ? Optional.of(Buffer.buffer(all)) : Optional.empty();
            }
        } catch (IOException broken) {
            return Optional.empty();
        }
    }

    private static InputStream gzip(byte[] bytes, InputStream raw) throws IOException {
        // Told by the library too, but only once it has an inflater, which it does not end then.
        if (bytes.length < 3 || (bytes[0] & 0xFF) != 0x1F || (bytes[1] & 0xFF) != 0x8B || bytes[2] != 8) {
            throw new ZipException("The bytes are no gzip");
        }
        return new GZIPInputStream(raw);
    }

    /** Ends its inflater, which the library leaves to who gave it. */
    static final class Inflated extends InflaterInputStream {
        Inflated(InputStream raw, Inflater inflater) {
            super(raw, inflater);
        }

        @Override
        public void close() throws IOException {
            super.close();
            inf.end();
        }
    }

    /** RFC 1950 section 2.2; some servers send the bare RFC 1951 instead. */
    private static boolean startsAsZlib(byte[] bytes) {
        return bytes.length >= 2 && (bytes[0] & 0x0F) == 8 && ((bytes[0] & 0xFF) << 8 | (bytes[1] & 0xFF)) % 31 == 0;
    }
}
