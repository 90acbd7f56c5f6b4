package dev.allframe.projection;

/**
 * The version of a definition whose effects are stored. It rises by hand when the code of a handler changes its
 * meaning; changed row classes and indexes are noticed without.
 *
 * @param number 1 or more
 */
public record Version(int number) {

    public Version {
        if (number < 1) {
            throw new IllegalArgumentException("a version is 1 or more, not " + number);
        }
    }

    /** So reads a definition: {@code named("balances", version(1), …)}. */
    public static Version version(int number) {
        return new Version(number);
    }
}
