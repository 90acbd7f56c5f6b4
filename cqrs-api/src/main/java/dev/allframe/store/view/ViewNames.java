package dev.allframe.store.view;

import java.util.regex.Pattern;

/** The names that views can have, which are names of directories too, and what is said of unknown ones. */
public final class ViewNames {

    /** Names of tables that are dropped when whoever has made them is done begin so, and those of no view. */
    public static final String TEMPORARY = "allframe-past-";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,99}");

    private ViewNames() {}

    /** Whether a view can have this name. */
    public static boolean isName(String view) {
        return NAME.matcher(view).matches();
    }

    /**
     * A name that was checked.
     *
     * @throws IllegalArgumentException if it is not lower case letters, digits and hyphens, at most 100
     */
    public static String checked(String view) {
        if (!isName(view)) {
            throw new IllegalArgumentException("view name '" + view
                    + "' must be lower case letters, digits and hyphens, beginning with a letter, at most 100");
        }
        return view;
    }

    /** There is no such generation. */
    public static IllegalArgumentException unknown(String view, long generation) {
        return new IllegalArgumentException("view '" + view + "' has no generation " + generation);
    }
}
