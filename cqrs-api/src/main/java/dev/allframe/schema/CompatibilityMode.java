package dev.allframe.schema;

/**
 * What a version of a type owes the ones before it.
 *
 * <p>The transitive modes hold it against all of them, the others against the last one alone.
 */
public enum CompatibilityMode {
    /** Nothing. */
    NONE(false, false, false),
    /** It reads what the last version wrote. */
    BACKWARD(true, false, false),
    /** The last version reads what it writes. */
    FORWARD(false, true, false),
    /** Both. */
    FULL(true, true, false),
    /** It reads what any version before it wrote. */
    BACKWARD_TRANSITIVE(true, false, true),
    /** Any version before it reads what it writes. */
    FORWARD_TRANSITIVE(false, true, true),
    /** Both. */
    FULL_TRANSITIVE(true, true, true);

    private final boolean backward;
    private final boolean forward;
    private final boolean transitive;

    CompatibilityMode(boolean backward, boolean forward, boolean transitive) {
        this.backward = backward;
        this.forward = forward;
        this.transitive = transitive;
    }

    /** Whether it must read what was written before. */
    public boolean backward() {
        return backward;
    }

    /** Whether what it writes must be read by older code. */
    public boolean forward() {
        return forward;
    }

    /** Whether this holds for all versions before. */
    public boolean transitive() {
        return transitive;
    }
}
