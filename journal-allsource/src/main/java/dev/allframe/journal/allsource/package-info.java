/**
 * The durable event store. Read {@link dev.allframe.journal.allsource.AllSourceBackend} first. Callable from any
 * thread; the Pekko plugins over it are those of {@code dev.allframe.journal.plugin}.
 */
@NullMarked
package dev.allframe.journal.allsource;

import org.jspecify.annotations.NullMarked;
