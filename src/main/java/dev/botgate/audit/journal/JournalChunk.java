package dev.botgate.audit.journal;

import java.util.List;

/**
 * Records read from a journal; they stay in it until the chunk is released.
 *
 * @param payloads in their order
 * @param last whether no records followed when the chunk was read
 */
public record JournalChunk(List<byte[]> payloads, Segment segment, long end, long nextNumber, boolean last) {
    public JournalChunk {
        payloads = List.copyOf(payloads);
    }
}
