package dev.allframe.store;

/**
 * What an append or a command expects of a stream. The version of a stream is the highest sequence number that it ever
 * had, also after its events were deleted; 0 for a stream that never had any.
 */
public sealed interface ExpectedVersion {

    /** Whether a stream with this version is as expected. */
    boolean accepts(long version);

    /** Nothing is expected. */
    record Any() implements ExpectedVersion {
        @Override
        public boolean accepts(long version) {
            return true;
        }

        @Override
        public String toString() {
            return "any";
        }
    }

    /** The stream has had at least one record. */
    record StreamExists() implements ExpectedVersion {
        @Override
        public boolean accepts(long version) {
            return version > 0;
        }

        @Override
        public String toString() {
            return "stream exists";
        }
    }

    /**
     * The stream has exactly this version.
     *
     * @param version 0 or more; 0 for a stream that never had a record
     */
    record Exactly(long version) implements ExpectedVersion {
        public Exactly {
            if (version < 0) {
                throw new IllegalArgumentException("a version is 0 or more, not " + version);
            }
        }

        @Override
        public boolean accepts(long actual) {
            return version == actual;
        }

        @Override
        public String toString() {
            return Long.toString(version);
        }
    }

    /** Nothing is expected. */
    static ExpectedVersion any() {
        return new Any();
    }

    /** The stream never had a record. */
    static ExpectedVersion noStream() {
        return new Exactly(0);
    }

    /** The stream has had at least one record. */
    static ExpectedVersion streamExists() {
        return new StreamExists();
    }

    /** The stream's last record has this sequence number. */
    static ExpectedVersion exactly(long version) {
        return new Exactly(version);
    }
}
