package dev.allframe.runtime.aggregate;

import dev.allframe.aggregate.Command;

/**
 * Not a command of the domain: asks that the command id of its {@link AggregateMessage.Execute} be void, unless it was
 * used.
 */
public enum VoidCommand implements Command {
    INSTANCE;

    /** Its name between nodes; no class has such a simple name. */
    public static final String WIRE_NAME = "allframe.void";
}
