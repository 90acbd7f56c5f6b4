/**
 * The Pekko persistence plugins over any {@link dev.allframe.store.EventStoreBackend}: journal, snapshot store, queries
 * and durable state, written once for all storages. Read {@link dev.allframe.journal.plugin.Storages} first, which
 * opens the storage that the plugins of one actor system share, then
 * {@link dev.allframe.journal.plugin.BackendJournal}.
 *
 * <p>Imports the storage contract, {@code dev.allframe.streams}, {@code dev.allframe.config} and Pekko, and no storage.
 * A new storage brings a {@link dev.allframe.journal.plugin.BackendProvider} and a section of configuration. The code
 * runs on the dispatchers that the configuration names, and on the threads on which the storage completes its stages.
 */
@NullMarked
package dev.allframe.journal.plugin;

import org.jspecify.annotations.NullMarked;
