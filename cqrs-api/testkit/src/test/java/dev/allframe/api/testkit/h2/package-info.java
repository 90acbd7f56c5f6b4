/**
 * A store on a relational database, written to be unlike the others: other threads complete its stages, SQL evaluates its filters, each part of an envelope is
 * a column, and it refuses the texts that UTF-8 cannot keep. That it passes the conformance suite shows that the suite tests a contract and not one store.
 * Read {@link dev.allframe.api.testkit.h2.H2Backend} first.
 */
@NullMarked
package dev.allframe.api.testkit.h2;

import org.jspecify.annotations.NullMarked;
