/**
 * Standing orders that pay themselves, a saga for each order and month: {@link
 * dev.allframe.sample.bank.orders.OrderMonth} is read first. {@link dev.allframe.sample.bank.orders.OrderRun} starts
 * them for a whole bank and reports what became of them.
 *
 * <p>Imports the account package and the contracts of commands and sagas; knows no command line.
 */
@NullMarked
package dev.allframe.sample.bank.orders;

import org.jspecify.annotations.NullMarked;
