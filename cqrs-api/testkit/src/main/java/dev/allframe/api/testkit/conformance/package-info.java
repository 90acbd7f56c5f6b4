/**
 * The executable contract of {@link dev.allframe.store.EventStoreBackend}. Read
 * {@link dev.allframe.api.testkit.conformance.EventStoreBackendConformance} first: a backend joins by extending it, and
 * one whose data outlive it by extending {@link dev.allframe.api.testkit.conformance.DurableBackendConformance}. A
 * storage of views ({@link dev.allframe.store.view.ViewStore}) joins
 * {@link dev.allframe.api.testkit.conformance.ViewStoreConformance} or
 * {@link dev.allframe.api.testkit.conformance.DurableViewStoreConformance} in the same way.
 *
 * <p>Imports the API, JUnit, AssertJ and Awaitility, and no backend.
 */
@NullMarked
package dev.allframe.api.testkit.conformance;

import org.jspecify.annotations.NullMarked;
