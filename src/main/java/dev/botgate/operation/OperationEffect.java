package dev.botgate.operation;

/** Whether an operation can change something in the connector. */
public enum OperationEffect {
    READ,
    MUTATION
}
