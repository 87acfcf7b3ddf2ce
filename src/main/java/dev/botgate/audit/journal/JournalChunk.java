package dev.botgate.audit.journal;

import java.util.List;

/**
 * Records that were read from a journal, and are in it until the chunk is released.
 *
 * @param payloads in their order
 * @param last whether nothing lay behind them when they were read
 */
public record JournalChunk(List<byte[]> payloads, Segment segment, long end, long nextNumber, boolean last) {
    public JournalChunk {
        payloads = List.copyOf(payloads);
    }
}
