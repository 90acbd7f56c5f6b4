/**
 * For authors of storages: what every {@link dev.allframe.store.EventStoreBackend} needs and nobody else calls.
 * Callable from any thread.
 */
@NullMarked
package dev.allframe.store.spi;

import org.jspecify.annotations.NullMarked;
