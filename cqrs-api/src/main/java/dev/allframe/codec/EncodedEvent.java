package dev.allframe.codec;

/**
 * An event in its stored form.
 *
 * @param type the stored name, {@code account.deposited}
 * @param version the stored version
 * @param bytes the contents; never changed after they were passed
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere; a copy for each event would cost more than it protects
public record EncodedEvent(String type, int version, byte[] bytes) {}
