package dev.allframe.journal.plugin;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A cursor over something stored: remembers where it is and reads one page after the other. Used by one reader, one
 * call at a time.
 *
 * @param <T> the elements
 */
interface Pages<T> {

    /** Reads on from where the last page ended. */
    CompletionStage<Page<T>> next();

    /** What to do after a page. */
    enum Then {
        /** There may be more to read. */
        READ_ON,
        /** The end of what is stored was reached: more comes after a wake-up. */
        WAIT,
        /** Nothing more will come. */
        COMPLETE
    }

    /**
     * A piece.
     *
     * @param elements what was found, possibly nothing
     * @param then what to do after it
     */
    record Page<T>(List<T> elements, Then then) {}
}
