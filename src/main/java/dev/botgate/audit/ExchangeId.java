package dev.botgate.audit;

import java.time.Instant;
import java.util.UUID;

/**
 * The identity of one recorded exchange, made by the gateway before anything is stored. Intent and outcome share it and
 * differ by their kind, so an entry that is stored again is recognized.
 *
 * @param at when the exchange was begun, in whole microseconds; no two of one run are equal
 * @param id a UUID of version 7 (RFC 9562 section 5.7) of the same instant: ids sort by time
 * @param gateway the run that made it
 * @param sequence which exchange of that run it is, from 1
 */
public record ExchangeId(Instant at, UUID id, GatewayRun gateway, long sequence) {}
