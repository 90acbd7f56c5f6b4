/**
 * The bank's account list on bare Pekko with pekko-projection-jdbc, for comparison with the view {@code balances} of
 * the sample bank. Read {@code AccountList} first.
 */
@NullMarked
package dev.allframe.benchmarks.barelist;

import org.jspecify.annotations.NullMarked;
