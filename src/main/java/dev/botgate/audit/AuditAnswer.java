package dev.botgate.audit;

/** When the client gets the reply to a mutation. */
public enum AuditAnswer {
    /** At once. If the gateway is killed right after it, the outcome may never be recorded, and is then unknown. */
    AT_ONCE,
    /** Once the outcome is durable, or could not be made durable within the commit timeout. */
    RECORDED
}
