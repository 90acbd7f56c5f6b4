package dev.allframe.sample.bank.account;

/**
 * An account at another bank.
 *
 * @param bank the other bank's code
 * @param account the account there
 */
public record Counterparty(String bank, String account) {}
