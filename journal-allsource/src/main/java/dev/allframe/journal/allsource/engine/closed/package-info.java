/**
 * Stores that are not open: verified, read, rescued, copied, and written anew. Open stores are read by these classes
 * through a {@link dev.allframe.journal.allsource.engine.closed.StoreImage}.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.closed;

import org.jspecify.annotations.NullMarked;
