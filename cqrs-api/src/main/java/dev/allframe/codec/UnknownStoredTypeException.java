package dev.allframe.codec;

/** The store holds a name and version that today's code does not know. */
public final class UnknownStoredTypeException extends CodecException {

    public UnknownStoredTypeException(String type, int version, String known) {
        super("stored type '" + type + "' version " + version + " is unknown to this code, which knows " + known, null);
    }
}
