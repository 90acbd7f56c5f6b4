/**
 * What a page of events makes of the tables of a view, without any actor. Read
 * {@link dev.allframe.projection.fold.ViewFold} first: handlers turn events into changes on any thread
 * ({@link dev.allframe.projection.fold.Handlers}); the fold applies them on one thread and writes each page as one
 * batch, with the position, the number of rows and their digest. {@link dev.allframe.projection.fold.StoredRows} reads.
 * {@link dev.allframe.projection.fold.GenerationFormat} alone knows what the bytes are.
 *
 * <p>Imports {@code projection}, {@code codec} and {@code store}.
 */
@NullMarked
package dev.allframe.projection.fold;

import org.jspecify.annotations.NullMarked;
