package dev.allframe.projection;

/** A view cannot be read yet; the message says how far it is. */
public final class ViewNotReadyException extends RuntimeException {

    private final String view;

    public ViewNotReadyException(String view, String message) {
        super("view '" + view + "' " + message);
        this.view = view;
    }

    /** The name of the view. */
    public String view() {
        return view;
    }
}
