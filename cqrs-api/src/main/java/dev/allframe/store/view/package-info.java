/**
 * The contract of a storage of views: ordered tables of bytes, one set for each generation of a view. Read
 * {@link dev.allframe.store.view.ViewStore} first, then {@link dev.allframe.store.view.ViewTables}. What the tables
 * hold is decided by {@code dev.allframe.projection.fold}; a storage of views knows no row and no event.
 *
 * <p>Imports the JDK and the exceptions of {@code dev.allframe.store}.
 */
@NullMarked
package dev.allframe.store.view;

import org.jspecify.annotations.NullMarked;
