package dev.allframe.store.view;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Keeps views, each in one or more generations, of which one is served. A generation is complete in itself; a rebuild
 * makes another beside it. Generations have numbers from 1, which rise and are not used again while the view has any.
 *
 * <p>Callable from any thread; two calls for one view are not made at once. The suite {@code ViewStoreConformance} says
 * in tests what this interface says in words. Methods throw {@link dev.allframe.store.StoreFullException} where there
 * is no room, {@link dev.allframe.store.StoreFailedException} where the disk fails and
 * {@link dev.allframe.store.StoreClosedException} after {@link #close()}; such a call has changed nothing or all.
 */
public interface ViewStore extends AutoCloseable {

    /** The names of the views that have a generation, in their order. */
    List<String> views();

    /** The numbers of a view's generations, ascending; none where the view is unknown. Those set aside are left out. */
    List<Long> generations(String view);

    /**
     * The generation that is served; empty where none was named by {@link #serve}, or it was dropped or set aside
     * since.
     *
     * @throws dev.allframe.store.CorruptStoreException if what names it is damaged; {@link #serve} mends that
     */
    OptionalLong served(String view);

    /**
     * Makes an empty generation, whose number is higher than that of every other, and opens it. Durable when this
     * returns: a crash leaves a generation that can be opened, or none.
     *
     * @param view lower case letters, digits and hyphens, beginning with a letter, at most 100
     * @throws IllegalArgumentException if it is not; other methods know no view of such a name
     */
    ViewTables create(String view);

    /**
     * Opens a generation. One that is open is not opened a second time.
     *
     * @throws dev.allframe.store.CorruptStoreException if it is damaged; nothing was changed
     * @throws dev.allframe.store.UnsupportedFormatException if a newer version wrote it; nothing was changed
     * @throws IllegalArgumentException if there is no such generation
     * @throws IllegalStateException if it is open
     */
    ViewTables open(String view, long generation);

    /**
     * Names the generation that is served, of which nothing is noted from then on. Durable, and all or nothing, when
     * this returns.
     *
     * @throws IllegalArgumentException if there is no such generation
     */
    void serve(String view, long generation);

    /**
     * Notes that a generation is being replaced by one of other code, in place of an earlier note. The note counts when
     * another generation is served; where none was until the store is opened again, it is forgotten. Durable, and all
     * or nothing, when this returns.
     *
     * @throws IllegalArgumentException if there is no such generation
     */
    void noteReplaced(String view, long generation, Replacement replacement);

    /**
     * The notes of generations that are there and not served, by their numbers, ascending.
     *
     * @throws dev.allframe.store.CorruptStoreException if the notes are damaged; {@link #noteReplaced} forgets the
     *         damaged ones
     * @throws dev.allframe.store.UnsupportedFormatException if a newer version wrote them
     */
    Map<Long, Replacement> replaced(String view);

    /**
     * Deletes a generation; nothing where it is not there. A crash leaves all of it or nothing.
     *
     * @throws IllegalStateException if it is open
     */
    void drop(String view, long generation);

    /**
     * Takes a generation that is not open out of the view, and keeps its files for somebody who wants to look at them:
     * the view does not know the generation any more.
     *
     * @return where the files are; empty text for a storage without files
     * @throws IllegalArgumentException if there is no such generation
     * @throws IllegalStateException if it is open
     */
    String setAside(String view, long generation);

    /** Closes what is open. Repeats do nothing. */
    @Override
    void close();
}
