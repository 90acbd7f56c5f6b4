/**
 * History of a real bank, from the files of the "Berka" data set into the accounts. Read
 * {@link dev.allframe.sample.bank.history.HistoryImport} first.
 *
 * <p>{@code Table} reads delimited files, {@code BerkaFolder} knows what is in them, {@code AccountHistory} and
 * {@code DayOrder} find the order in which things happened, {@code HistoryImport} sends the commands and compares what
 * is stored with the bank's own balances. Imports the account and ledger packages; knows no command line. Everything
 * runs on the caller's thread.
 */
@NullMarked
package dev.allframe.sample.bank.history;

import org.jspecify.annotations.NullMarked;
