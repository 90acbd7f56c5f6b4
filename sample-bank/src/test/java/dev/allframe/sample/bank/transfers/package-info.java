@NullMarked
package dev.allframe.sample.bank.transfers;

import org.jspecify.annotations.NullMarked;
