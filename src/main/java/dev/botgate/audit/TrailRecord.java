package dev.botgate.audit;

/** What the trail stores: a record with the identity of its exchange, which it shares with those of other kinds. */
public sealed interface TrailRecord permits Intent, Attempt, Outcome {
    ExchangeId exchange();

    /** The same without what others had named, for a store that refuses it; itself, where that is needed. */
    TrailRecord withoutNames();
}
