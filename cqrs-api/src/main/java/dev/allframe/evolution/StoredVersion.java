package dev.allframe.evolution;

/**
 * A stored name and a version of its shape. Where a user declares one, the name is that of
 * {@link dev.allframe.evolution.Upcasters}: without the aggregate's name; in what is planned and read it has it:
 * {@code account.deposited}.
 *
 * @param type the stored name
 * @param version the stored version, 1 or more
 */
public record StoredVersion(String type, int version) implements Comparable<StoredVersion> {

    public StoredVersion {
        if (version < 1) {
            throw new IllegalArgumentException("a stored version is 1 or more, not " + version);
        }
    }

    /** By name, then by version. */
    @Override
    public int compareTo(StoredVersion other) {
        int byName = type.compareTo(other.type);
        return byName == 0 ? Integer.compare(version, other.version) : byName;
    }

    /** {@code account.deposited 2}. */
    @Override
    public String toString() {
        return type + " " + version;
    }
}
