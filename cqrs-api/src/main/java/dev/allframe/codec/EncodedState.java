package dev.allframe.codec;

import org.jspecify.annotations.Nullable;

/**
 * A state in its stored form.
 *
 * @param type the stored name, {@code account.state}
 * @param version the stored version
 * @param shape identifies the names and types of its components, and of theirs; null where it was stored by code that did not say
 * @param bytes the contents; never changed after they were passed
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record EncodedState(String type, int version, @Nullable String shape, byte[] bytes) {}
