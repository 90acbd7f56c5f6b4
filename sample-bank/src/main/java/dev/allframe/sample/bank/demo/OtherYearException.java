package dev.allframe.sample.bank.demo;

/** The store has an account with the id of a customer, and with another history than the customer's. */
public final class OtherYearException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OtherYearException(String account) {
        super("account " + account + " is stored with another history");
    }
}
