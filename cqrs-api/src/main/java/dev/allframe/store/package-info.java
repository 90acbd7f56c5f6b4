/**
 * Storing and reading events. Read {@link dev.allframe.store.EventStoreBackend} for the contract of a storage,
 * {@link dev.allframe.store.EventStore} for its typed use without actors, and {@link dev.allframe.store.Envelope} for
 * what is stored.
 *
 * <p>Imports the JDK and the {@code codec} package alone. A backend speaks stored bytes and knows no user type; the
 * same backends serve the Pekko persistence plugins.
 *
 * <p>Three words are never mixed: a {@code sequenceNr} counts the records of one stream from 1, without a gap; a
 * {@code position} orders everything in a store and is opaque; an {@code offset} counts bytes in a file.
 */
@NullMarked
package dev.allframe.store;

import org.jspecify.annotations.NullMarked;
