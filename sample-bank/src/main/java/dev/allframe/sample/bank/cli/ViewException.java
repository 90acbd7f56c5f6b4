package dev.allframe.sample.bank.cli;

/**
 * A view does not come to what is stored, or a saga cannot be told; the message says why, and what goes on with it.
 */
final class ViewException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ViewException(String message) {
        super(message);
    }
}
