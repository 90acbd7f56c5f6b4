/**
 * How the rest of the bank uses its accounts: {@link dev.allframe.sample.bank.ledger.Teller} sends commands, many at a
 * time, and counts what becomes of them; {@link dev.allframe.sample.bank.ledger.Ledger} reads back what is stored,
 * without any actor.
 *
 * <p>Imports the account package and the contracts of commands and stores; knows no files and no command line.
 */
@NullMarked
package dev.allframe.sample.bank.ledger;

import org.jspecify.annotations.NullMarked;
