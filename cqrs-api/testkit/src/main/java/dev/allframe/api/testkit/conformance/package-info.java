/**
 * The executable contract of {@link dev.allframe.store.EventStoreBackend}. Read {@link dev.allframe.api.testkit.conformance.EventStoreBackendConformance}
 * first: a backend joins by extending it.
 */
@NullMarked
package dev.allframe.api.testkit.conformance;

import org.jspecify.annotations.NullMarked;
