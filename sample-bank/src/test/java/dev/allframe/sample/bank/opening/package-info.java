/** Tests of the package of the same name. */
@NullMarked
package dev.allframe.sample.bank.opening;

import org.jspecify.annotations.NullMarked;
