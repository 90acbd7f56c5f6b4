/**
 * The bank's accounts: their commands, events, state and rules, in plain Java. Read
 * {@link dev.allframe.sample.bank.account.Accounts} first.
 *
 * <p>Imports the aggregate contract and Jakarta Validation's annotations; knows no actor, no store and no file.
 * Everything is immutable or pure and runs on any thread.
 */
@NullMarked
package dev.allframe.sample.bank.account;

import org.jspecify.annotations.NullMarked;
