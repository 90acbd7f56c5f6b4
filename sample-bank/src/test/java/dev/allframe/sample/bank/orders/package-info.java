/** Tests of the package of the same name. */
@NullMarked
package dev.allframe.sample.bank.orders;

import org.jspecify.annotations.NullMarked;
