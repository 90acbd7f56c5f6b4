/**
 * The event store in memory: the reference for what a storage does, for tests and first steps. Nothing survives the
 * process. Read {@link dev.allframe.journal.memory.InMemoryBackend} first.
 *
 * <p>No Pekko type here, but for {@link dev.allframe.journal.memory.InMemoryBackendProvider}, which opens the store for
 * the plugins. The code runs on the threads of its callers; there is no thread of its own.
 */
@NullMarked
package dev.allframe.journal.memory;

import org.jspecify.annotations.NullMarked;
