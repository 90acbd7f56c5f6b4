package dev.allframe.sample.bank.history;

/**
 * The input cannot be used: a file is missing, or a line is malformed and that was to stop the import. The message is
 * one sentence for people.
 */
public final class InputException extends RuntimeException {

    public InputException(String message) {
        super(message);
    }
}
