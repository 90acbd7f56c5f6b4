/**
 * The sample bank's account as a good engineer writes it on Pekko alone, to be counted beside AllFrame's:
 * {@code docs/lines.md} compares them. Read {@link dev.allframe.benchmarks.bareaccount.AccountEntity} first.
 *
 * <p>Takes the value types {@code Money}, {@code Entry} and {@code StandingOrder} from the sample bank and nothing else
 * of AllFrame.
 */
@NullMarked
package dev.allframe.benchmarks.bareaccount;

import org.jspecify.annotations.NullMarked;
