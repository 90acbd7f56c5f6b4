/**
 * Pekko streams over the pages and the wake-ups of a storage, for journal plugins and for the runtime. Read
 * {@link dev.allframe.streams.Pages} first, the cursor that a stream reads with, then
 * {@link dev.allframe.streams.PagedSource}.
 *
 * <p>Imports the storage contract and Pekko's streams, and no storage. A {@link dev.allframe.streams.Pages} is called
 * on the thread of the stream's stage; its answers may come on any thread.
 */
@NullMarked
package dev.allframe.streams;

import org.jspecify.annotations.NullMarked;
