/**
 * What Pekko persistence expects of its plugins, in tests: {@link dev.allframe.journal.conformance.JournalConformance},
 * {@link dev.allframe.journal.conformance.SnapshotStoreConformance},
 * {@link dev.allframe.journal.conformance.ReadJournalConformance} and
 * {@link dev.allframe.journal.conformance.DurableStateConformance}. A plugin extends each in a few lines, with the
 * configuration that selects it.
 *
 * <p>The suites cover what the technology compatibility kits of Pekko 1.7 and 2.0 ask for, every optional capability
 * included, and what our journals promise besides. Imports Pekko, JUnit and AssertJ, and no journal.
 */
@NullMarked
package dev.allframe.journal.conformance;

import org.jspecify.annotations.NullMarked;
