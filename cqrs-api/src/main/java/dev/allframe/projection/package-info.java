/**
 * Read models as values. Read {@link dev.allframe.projection.ProjectionType} first, which says from which events the
 * rows of a view come, then {@link dev.allframe.projection.View}, by which they are asked for. Handlers are pure: they
 * return {@link dev.allframe.projection.Change}s and have no effects, so that a view can be built anew at any time.
 *
 * <p>Imports the JDK, {@code aggregate}, {@code command} and {@code store}; no actor and no storage.
 */
@NullMarked
package dev.allframe.projection;

import org.jspecify.annotations.NullMarked;
