/**
 * Views on one node. Read {@link dev.allframe.runtime.projection.ViewActor} first, which keeps one view: it opens a
 * generation, runs the stream of pages into its fold, follows operators' orders and builds generations anew.
 * {@link dev.allframe.runtime.projection.ServedView} is what users ask; {@link dev.allframe.runtime.projection.Views}
 * holds all of a node.
 *
 * <p>Watching: a write of served rows is published, and its changes are put into the queue of
 * {@link dev.allframe.runtime.projection.Watchers}, where anybody follows. A virtual thread takes them out and notes
 * their keys with each {@link dev.allframe.runtime.projection.Watching} that is concerned. That one reads rows when it
 * gives them: pages by a cursor, and each changed row. It follows changes before it reads the first page, drops those
 * ahead of the cursor, which are met there, and begins again with the first page when it has fallen behind or another
 * generation is served.
 *
 * <p>Threads: actors run on Pekko's dispatcher and never wait; pages are handled and folded, and files are opened, on
 * {@code allframe.projections.dispatcher}, of one view one piece of work at a time ({@link
 * dev.allframe.runtime.projection.Serial}); users ask on their own threads.
 */
@NullMarked
package dev.allframe.runtime.projection;

import org.jspecify.annotations.NullMarked;
