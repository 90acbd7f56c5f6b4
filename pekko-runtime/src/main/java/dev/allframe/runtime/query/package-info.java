/**
 * Queries on one node. Read {@link dev.allframe.runtime.query.LocalQueryBus} first, which callers ask;
 * {@link dev.allframe.runtime.query.AnsweredQuery} has all that belongs to one query type, and a
 * {@link dev.allframe.runtime.query.HandlerRun} is one call of its handler.
 *
 * <p>Threads: a question is taken, and a cached answer given, on the caller's thread. A handler runs on a virtual
 * thread of its own, and a caller's stage is completed on another, so that neither waits for what the other does.
 */
@NullMarked
package dev.allframe.runtime.query;

import org.jspecify.annotations.NullMarked;
