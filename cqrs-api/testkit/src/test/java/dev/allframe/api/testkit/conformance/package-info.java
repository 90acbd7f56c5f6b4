/**
 * The conformance suite on a store in a database, which passes it, and on one that does nothing, which fails every
 * test.
 */
@NullMarked
package dev.allframe.api.testkit.conformance;

import org.jspecify.annotations.NullMarked;
