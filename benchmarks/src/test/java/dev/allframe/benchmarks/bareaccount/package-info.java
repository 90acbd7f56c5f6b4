/** Tests of the account on bare Pekko: what its author has to prove, beside the rules, where no runtime does. */
@NullMarked
package dev.allframe.benchmarks.bareaccount;

import org.jspecify.annotations.NullMarked;
