package dev.botgate.operation;

/** Whether an operation can change something in the connector. */
public enum Effect {
    READ,
    MUTATION
}
