package dev.allframe.streams;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A cursor over stored elements: remembers its place and reads one page after the other. Used by one stream, one call
 * at a time: {@link #next} is not called before the stage of the call before is complete. Calls may come from different
 * threads, one after the other, each of which sees what the one before has written.
 *
 * @param <T> the elements
 */
public interface Pages<T> {

    /**
     * Reads on from where the last page ended. Must not block: the caller is the thread of a stream.
     *
     * @return the page; may be complete already, else is completed on any thread. A failure ends the stream, and so
     *         does an exception that is thrown
     */
    CompletionStage<Page<T>> next();

    /** What to do after a page. */
    enum Then {
        /** There may be more to read. */
        READ_ON,
        /** The end of the stored elements was reached: more may be there after a wake-up. */
        WAIT,
        /** Nothing more will come. */
        COMPLETE
    }

    /**
     * Elements that were read together.
     *
     * @param elements what was found, in order, possibly nothing; not changed by anyone from then on
     * @param then what to do when they have been emitted
     */
    record Page<T>(List<T> elements, Then then) {}
}
