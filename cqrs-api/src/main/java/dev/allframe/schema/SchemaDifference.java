package dev.allframe.schema;

/**
 * Why what was written by one schema cannot be read by another.
 *
 * @param path where: the names of members with dots between, {@code []} for the items of an array, {@code {}} for the
 *         values of a map; empty for the whole
 * @param what in words
 */
public record SchemaDifference(String path, String what) {

    /** {@code amount.currency: is not written, and has no default}. */
    @Override
    public String toString() {
        return path.isEmpty() ? what : path + ": " + what;
    }
}
