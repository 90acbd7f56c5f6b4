/**
 * From a user's events and states to stored bytes and back. {@link dev.allframe.codec.EventCodec} is the contract; the
 * package {@code codec.jackson} has the implementation that is used unless another is chosen.
 */
@NullMarked
package dev.allframe.codec;

import org.jspecify.annotations.NullMarked;
