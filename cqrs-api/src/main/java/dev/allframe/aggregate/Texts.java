package dev.allframe.aggregate;

/** Holds texts to what is stored as UTF-8. */
public final class Texts {

    private Texts() {}

    /**
     * The text.
     *
     * @param what what it is, for the message
     * @throws IllegalArgumentException if it has an unpaired surrogate, which UTF-8 does not have: it would be read as
     *         another text
     */
    public static String storable(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isSurrogate(unit)) {
                if (Character.isLowSurrogate(unit) || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new IllegalArgumentException(what + " has an unpaired surrogate, at character " + i);
                }
                i++;
            }
        }
        return text;
    }
}
