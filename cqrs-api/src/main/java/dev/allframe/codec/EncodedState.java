package dev.allframe.codec;

import org.jspecify.annotations.Nullable;

/**
 * A state in its stored form.
 *
 * @param type the stored name, {@code account.state}
 * @param version the stored version
 * @param shape identifies the names and types of its components, and of theirs; null where it was stored by code that
 *         did not say
 * @param bytes the contents; never changed after they were passed
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record EncodedState(String type, int version, @Nullable String shape, byte[] bytes) {

    private static final char CODE = '~';

    /**
     * The same, made of events of which the code ignored what it did not know: no other code can use it.
     *
     * @param code identifies the code
     */
    public EncodedState onlyFor(String code) {
        return new EncodedState(type, version, (shape == null ? "" : shape) + CODE + code, bytes);
    }

    /** The only code that can use it; null where all can. */
    public @Nullable String code() {
        return shape == null || shape.indexOf(CODE) < 0 ? null : shape.substring(shape.indexOf(CODE) + 1);
    }

    /** The same for all code. */
    public EncodedState forAll() {
        return shape == null || shape.indexOf(CODE) < 0
                ? this
                : new EncodedState(type, version, shape.substring(0, shape.indexOf(CODE)), bytes);
    }
}
