package dev.allframe.runtime.rolling;

import dev.allframe.codec.CodecException;

/**
 * An event would be of a version that another member of the cluster cannot read yet. Nothing was stored; try again when
 * that member has newer code.
 */
public final class NotYetReadableException extends CodecException {

    NotYetReadableException(String reason) {
        super(reason, null);
    }
}
