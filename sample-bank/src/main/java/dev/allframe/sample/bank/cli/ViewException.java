package dev.allframe.sample.bank.cli;

/** A view does not come to what is stored; the message says where it is, why, and what goes on with it. */
final class ViewException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ViewException(String message) {
        super(message);
    }
}
