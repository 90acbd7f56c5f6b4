/**
 * Accounts that are opened when somebody outside of the bank has nothing against it: {@link
 * dev.allframe.sample.bank.opening.Opening} is read first.
 *
 * <p>Imports the account package and the contract of sagas; knows no command line.
 */
@NullMarked
package dev.allframe.sample.bank.opening;

import org.jspecify.annotations.NullMarked;
