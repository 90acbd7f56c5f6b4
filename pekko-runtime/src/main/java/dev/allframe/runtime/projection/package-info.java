/**
 * Views on one node. Read {@link dev.allframe.runtime.projection.ViewActor} first, which keeps one view: it opens a
 * generation, runs the stream of pages into its fold, follows operators' orders and builds generations anew.
 * {@link dev.allframe.runtime.projection.ServedView} is what users ask; {@link dev.allframe.runtime.projection.Views}
 * holds all of a node.
 *
 * <p>Threads: actors run on Pekko's dispatcher and never wait; pages are handled and folded, and files are opened, on
 * {@code allframe.projections.dispatcher}, of one view one piece of work at a time ({@link
 * dev.allframe.runtime.projection.Serial}); users ask on their own threads.
 */
@NullMarked
package dev.allframe.runtime.projection;

import org.jspecify.annotations.NullMarked;
