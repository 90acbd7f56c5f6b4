/**
 * The bank's read models, as values: rows that are made from the events of accounts, and the questions that people ask
 * them. Read {@link dev.allframe.sample.bank.views.Balances} first.
 *
 * <p>Imports the account package and the contracts of projections and queries; knows no store, no runtime and no
 * command line. Handlers are pure and run on any thread; questions run on the caller's, and those of queries on virtual
 * ones.
 */
@NullMarked
package dev.allframe.sample.bank.views;

import org.jspecify.annotations.NullMarked;
