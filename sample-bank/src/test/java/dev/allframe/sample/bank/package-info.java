/** Tests of how the bank's packages depend on each other. */
@NullMarked
package dev.allframe.sample.bank;

import org.jspecify.annotations.NullMarked;
