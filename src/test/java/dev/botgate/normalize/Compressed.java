package dev.botgate.normalize;

import dev.botgate.exchange.ContentCoding;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** The compressions that clients use. */
public enum Compressed {
    GZIP("gzip") {
        @Override
        OutputStream into(OutputStream out) throws IOException {
            return new GZIPOutputStream(out);
        }
    },
    ZLIB("deflate") {
        @Override
        OutputStream into(OutputStream out) {
            return new DeflaterOutputStream(out);
        }
    },
    RAW("deflate") {
        @Override
        OutputStream into(OutputStream out) {
            return new DeflaterOutputStream(out, new Deflater(Deflater.DEFAULT_COMPRESSION, true));
        }
    };

    private final String coding;

    Compressed(String coding) {
        this.coding = coding;
    }

    abstract OutputStream into(OutputStream out) throws IOException;

    String coding() {
        return coding;
    }

    public ContentCoding contentCoding() {
        return this == GZIP ? ContentCoding.GZIP : ContentCoding.DEFLATE;
    }

    public Buffer of(Buffer plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = into(bytes)) {
            out.write(plain.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(bytes.toByteArray());
    }
}
