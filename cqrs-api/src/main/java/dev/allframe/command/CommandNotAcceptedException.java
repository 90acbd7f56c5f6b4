package dev.allframe.command;

/** Thrown by {@link CommandResult#orThrow()} alone. */
public final class CommandNotAcceptedException extends RuntimeException {

    private final transient CommandResult<?> result;

    CommandNotAcceptedException(CommandResult<?> result, String message) {
        super(message);
        this.result = result;
    }

    /** The refusal or failure. */
    public CommandResult<?> result() {
        return result;
    }
}
