package dev.allframe.sample.bank.ledger;

/**
 * The storage does not take what it is given, such as a disk that is full. What was acknowledged before is stored; the
 * same commands may be sent again.
 */
public final class StorageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param reason in the storage's words, which may begin with the name of an exception */
    public StorageException(String reason) {
        super(reason.replaceFirst("^([a-z]+\\.)+[A-Za-z]+Exception: ", ""));
    }
}
