package dev.allframe.store;

/**
 * Events were deleted without which an answer would be wrong: a state or a view of the past, or rows that are made
 * anew.
 * The message says which. Ask for less, or say that you accept it, where that can be said.
 */
public final class DeletedEventsException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public DeletedEventsException(String message) {
        super(message);
    }
}
