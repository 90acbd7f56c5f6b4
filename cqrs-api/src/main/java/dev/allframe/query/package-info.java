/**
 * Asking typed queries and what comes back. Read {@link dev.allframe.query.QueryBus} first, then
 * {@link dev.allframe.query.QueryType}, which says how a query is answered.
 *
 * <p>Everything a caller must react to is a value of a sealed type here; exceptions mean that something is broken.
 * Imports the projection, store and failure packages; knows no actor. Handlers run on virtual threads.
 */
@NullMarked
package dev.allframe.query;

import org.jspecify.annotations.NullMarked;
