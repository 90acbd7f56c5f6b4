/**
 * A year of a small bank, invented from a seed: {@link dev.allframe.sample.bank.demo.DemoYear} makes the commands, and
 * {@link dev.allframe.sample.bank.demo.DemoRun} sends them and reports what became of them.
 *
 * <p>Imports the account and ledger packages; knows no command line. Everything runs on the caller's thread.
 */
@NullMarked
package dev.allframe.sample.bank.demo;

import org.jspecify.annotations.NullMarked;
