/** Money that goes from one account to another, as a saga. */
@NullMarked
package dev.allframe.sample.bank.transfers;

import org.jspecify.annotations.NullMarked;
