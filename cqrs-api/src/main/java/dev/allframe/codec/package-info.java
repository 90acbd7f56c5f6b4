/**
 * From a user's events and states to stored bytes and back. {@link dev.allframe.codec.EventCodec} is the contract; the
 * package {@code codec.jackson} has the implementation that is used unless another is chosen.
 * {@link dev.allframe.codec.JsonObject} and {@link dev.allframe.codec.StoredValue} are components for contents whose
 * class a record does not know.
 */
@NullMarked
package dev.allframe.codec;

import org.jspecify.annotations.NullMarked;
