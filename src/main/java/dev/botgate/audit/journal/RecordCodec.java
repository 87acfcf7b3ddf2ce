package dev.botgate.audit.journal;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.Digest;
import dev.botgate.audit.ExchangeId;
import dev.botgate.audit.GatewayRun;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.RecordedBody;
import dev.botgate.audit.TrailRecord;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Encodes records of the trail: {@code version(1) kind(1)} and the fields in order. Texts and bytes follow their length, which
 * is -1 for null; times are microseconds; a keyed digest follows the version of its key and a colon.
 */
public final class RecordCodec {
    private static final byte VERSION = 1;
    private static final byte INTENT = 1;
    private static final byte OUTCOME = 2;
    private static final byte ATTEMPT = 3;

    private RecordCodec() {}

    public static byte[] encode(TrailRecord recorded) {
        Writer to = new Writer(recorded);
        to.buffer.appendByte(VERSION);
        if (recorded instanceof Intent intent) {
            to.buffer.appendByte(INTENT);
            intent(to, intent);
        } else if (recorded instanceof Outcome outcome) {
            to.buffer.appendByte(OUTCOME);
            outcome(to, outcome);
        } else if (recorded instanceof Attempt attempt) {
            to.buffer.appendByte(ATTEMPT);
            attempt(to, attempt);
        }
        return to.buffer.getBytes();
    }

    /** @throws IllegalArgumentException when {@code bytes} are not a record of this version */
    public static TrailRecord decode(byte[] bytes) {
        Reader from = new Reader(Buffer.buffer(bytes));
        byte version = from.octet();
        if (version != VERSION) {
            throw new IllegalArgumentException("version " + version + " (expected: " + VERSION + ")");
        }
        byte kind = from.octet();
        return switch (kind) {
            case INTENT -> intent(from);
            case OUTCOME -> outcome(from);
            case ATTEMPT -> attempt(from);
            default -> throw new IllegalArgumentException("kind " + kind + " (expected: 1 to 3)");
        };
    }

    private static void intent(Writer to, Intent intent) {
        to.exchange(intent.exchange());
        to.text(intent.requestId());
        to.text(intent.operation());
        to.text(intent.method());
        to.text(intent.uri());
        to.text(intent.upstream());
        to.text(intent.bot());
        to.text(intent.tenant());
        to.flag(intent.verified());
        to.text(intent.conversation());
        to.text(intent.activity());
        to.text(intent.member());
        to.text(intent.recipient());
        to.text(intent.sourceMediaType());
        to.text(intent.body().form().text());
        to.bytes(intent.body().bytes());
        to.digest(intent.body().digest());
    }

    private static Intent intent(Reader from) {
        return new Intent(
                from.exchange(),
                from.requiredText(),
                from.requiredText(),
                from.requiredText(),
                from.requiredText(),
                from.requiredText(),
                from.text(),
                from.text(),
                from.flag(),
                from.text(),
                from.text(),
                from.text(),
                from.text(),
                from.text(),
                new RecordedBody(RecordedBody.Form.ofText(from.requiredText()), from.bytes(), from.digest()));
    }

    private static void outcome(Writer to, Outcome outcome) {
        to.exchange(outcome.exchange());
        to.gateway(outcome.recordedBy());
        to.time(outcome.at());
        to.text(outcome.closedAs().text());
        to.status(outcome.status());
        to.buffer.appendInt(outcome.attempts());
        to.duration(outcome.latency());
        to.text(outcome.replyId());
        to.text(outcome.conversation());
        to.text(outcome.activity());
        to.text(outcome.error());
        to.digest(outcome.sent());
        to.flag(outcome.sentWhole());
    }

    private static Outcome outcome(Reader from) {
        ExchangeId exchange = from.exchange();
        GatewayRun recordedBy = from.gateway();
        Instant at = from.time();
        OutcomeStatus close = OutcomeStatus.ofText(from.requiredText());
        return new Outcome(
                exchange,
                recordedBy,
                at,
                close,
                from.status(),
                from.number(),
                from.duration(),
                from.text(),
                from.text(),
                from.text(),
                from.text(),
                from.digest(),
                from.flag());
    }

    private static void attempt(Writer to, Attempt attempt) {
        to.exchange(attempt.exchange());
        to.buffer.appendInt(attempt.number());
        to.time(attempt.at());
        to.status(attempt.status());
        to.text(attempt.error());
        to.duration(attempt.latency());
    }

    private static Attempt attempt(Reader from) {
        return new Attempt(from.exchange(), from.number(), from.time(), from.status(), from.text(), from.duration());
    }

    private static final class Writer {
        private final Buffer buffer;

        /** Sizes the buffer for the record, because a buffer is copied each time it grows. */
        Writer(TrailRecord recorded) {
            Buffer body = recorded instanceof Intent intent ? intent.body().bytes() : null;
            this.buffer = Buffer.buffer(1_024 + (body == null ? 0 : body.length()));
        }

        void exchange(ExchangeId exchange) {
            time(exchange.at());
            uuid(exchange.id());
            gateway(exchange.gateway());
            buffer.appendLong(exchange.sequence());
        }

        void gateway(GatewayRun gateway) {
            text(gateway.name());
            uuid(gateway.runId());
        }

        void time(Instant time) {
            buffer.appendLong(ChronoUnit.MICROS.between(Instant.EPOCH, time));
        }

        void uuid(UUID uuid) {
            buffer.appendLong(uuid.getMostSignificantBits()).appendLong(uuid.getLeastSignificantBits());
        }

        void duration(Duration duration) {
            buffer.appendLong(duration.toNanos() / 1_000);
        }

        void status(@Nullable Integer status) {
            buffer.appendInt(status == null ? -1 : status);
        }

        void flag(boolean flag) {
            buffer.appendByte((byte) (flag ? 1 : 0));
        }

        void text(@Nullable String text) {
            if (text == null) {
                buffer.appendInt(-1);
                return;
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            buffer.appendInt(bytes.length).appendBytes(bytes);
        }

        void bytes(@Nullable Buffer bytes) {
            buffer.appendInt(bytes == null ? -1 : bytes.length());
            if (bytes != null) {
                buffer.appendBuffer(bytes);
            }
        }

        void digest(@Nullable Digest digest) {
            text(digest == null ? null : (digest.key() == null ? "" : digest.key() + ":") + digest.sha256());
            buffer.appendLong(digest == null ? -1 : digest.length());
        }
    }

    private static final class Reader {
        private final Buffer buffer;
        private int position;

        Reader(Buffer buffer) {
            this.buffer = buffer;
        }

        private int advance(int bytes) {
            int at = position;
            position += bytes;
            if (position > buffer.length()) {
                throw new IllegalArgumentException("the record is too short");
            }
            return at;
        }

        byte octet() {
            return buffer.getByte(advance(1));
        }

        boolean flag() {
            return octet() != 0;
        }

        int number() {
            return buffer.getInt(advance(4));
        }

        long longNumber() {
            return buffer.getLong(advance(8));
        }

        UUID uuid() {
            return new UUID(longNumber(), longNumber());
        }

        Instant time() {
            return Instant.EPOCH.plus(longNumber(), ChronoUnit.MICROS);
        }

        Duration duration() {
            return Duration.of(longNumber(), ChronoUnit.MICROS);
        }

        @Nullable
        Integer status() {
            int status = number();
            return status < 0 ? null : status;
        }

        GatewayRun gateway() {
            return new GatewayRun(requiredText(), uuid());
        }

        ExchangeId exchange() {
            return new ExchangeId(time(), uuid(), gateway(), longNumber());
        }

        @Nullable
        Buffer bytes() {
            int length = number();
            if (length < 0) {
                return null;
            }
            int at = advance(length);
            return buffer.getBuffer(at, at + length);
        }

        @Nullable
        String text() {
            Buffer bytes = bytes();
            return bytes == null ? null : bytes.toString(StandardCharsets.UTF_8);
        }

        String requiredText() {
            String text = text();
            if (text == null) {
                throw new IllegalArgumentException("a text is missing");
            }
            return text;
        }

        @Nullable
        Digest digest() {
            String keyAndSha256 = text();
            long length = longNumber();
            if (keyAndSha256 == null) {
                return null;
            }
            int colon = keyAndSha256.indexOf(':');
            String key = colon < 0 ? null : keyAndSha256.substring(0, colon);
            return new Digest(length, keyAndSha256.substring(colon + 1), key);
        }
    }
}
