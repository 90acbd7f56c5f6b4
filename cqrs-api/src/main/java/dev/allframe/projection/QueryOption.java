package dev.allframe.projection;

import java.util.Objects;

/** How much of an answer is wanted, from where, in which order. */
public sealed interface QueryOption {

    /** The most rows of one answer. */
    int MAX_LIMIT = 10_000;

    /** The rows of an answer unless a limit is said. */
    int USUAL_LIMIT = 1_000;

    /** At most so many rows. */
    record Limit(int rows) implements QueryOption {
        public Limit {
            if (rows < 1 || rows > MAX_LIMIT) {
                throw new IllegalArgumentException("a limit is 1 to " + MAX_LIMIT + " rows, not " + rows);
            }
        }
    }

    /** From the last to the first. */
    record Descending() implements QueryOption {}

    /** Behind what an earlier answer ended with. */
    record After(String cursor) implements QueryOption {}

    /** At most so many rows, 1 to 10,000; 1,000 unless said. */
    static QueryOption limit(int rows) {
        return new Limit(rows);
    }

    /** From the last to the first. */
    static QueryOption descending() {
        return new Descending();
    }

    /**
     * Goes on behind an earlier answer of the same question. A cursor is a place in the order of the values, so it
     * stays valid after a restart and after the view was built anew, whatever became of the row.
     *
     * @param cursor what {@link Rows#next} said; the question fails with an {@link IllegalArgumentException} where no
     *        answer to it can have ended with this
     */
    static QueryOption after(String cursor) {
        return new After(Objects.requireNonNull(cursor, "cursor"));
    }
}
