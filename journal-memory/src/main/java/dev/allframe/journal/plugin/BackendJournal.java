package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import scala.concurrent.Future;

/**
 * The Pekko journal over a storage.
 *
 * <ul>
 * <li>Each message of writes, which holds one {@code persist} or {@code persistAll} or several of them, is one atomic append that names the sequence
 * number it expects. A second writer of the same persistence id fails with {@link VersionConflictException}, and its actor stops: a failure, never a
 * rejection.
 * <li>Only events that cannot be serialized are rejected, the writes of one message each by itself.
 * <li>Whatever else the storage refuses, such as a full store, fails the actor that writes.
 * </ul>
 *
 * <p>Serialization and the call of the storage happen in the plugin's actor, in the order of its messages; that keeps the order of each actor's writes.
 * Replays run on the dispatcher of the key {@code replay-dispatcher}, so that recoveries and writes do not wait for each other.
 */
public final class BackendJournal extends AsyncWriteJournal {

    private static final int REPLAY_PAGE = 500;

    /** Pekko reads an empty answer as: all stored. */
    private static final Iterable<Optional<Exception>> ALL_STORED = List.of();

    private final EventStoreBackend backend;
    private final EventMapping mapping;
    private final Payloads payloads;
    private final Executor replayExecutor;

    /** Called by Pekko for the section of the configuration that names this class. */
    public BackendJournal(Config config, String pluginId) {
        ActorSystem system = context().system();
        this.backend = Storages.get(system).backendOf(pluginId);
        this.payloads = new Payloads((ExtendedActorSystem) system);
        this.mapping = new EventMapping(payloads);
        this.replayExecutor = system.dispatchers().lookup(config.getString("replay-dispatcher"));
    }

    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> messages) {
        return Futures.future(() -> payloads.withTransportInformation(() -> write(messages.iterator())));
    }

    /**
     * Stores all writes of one message by one append. Pekko wants the whole message to fail when one of its writes fails, and appends in flight one behind
     * the other could not promise that: the one behind a refused one may be just what a second writer has made way for.
     */
    private CompletionStage<Iterable<Optional<Exception>>> write(Iterator<AtomicWrite> writes) {
        AtomicWrite first = writes.next();
        StreamId stream = new StreamId(first.persistenceId());
        long version = first.lowestSequenceNr() - 1;
        List<Envelope> records = new ArrayList<>();
        List<Optional<Exception>> results = new ArrayList<>();
        boolean rejected = false;
        for (AtomicWrite write = first;; write = writes.next()) {
            refuseGap(stream, version + records.size(), write);
            Optional<Exception> rejection = addRecords(write, records);
            rejected |= rejection.isPresent();
            results.add(rejection);
            if (!writes.hasNext()) {
                break;
            }
        }
        Iterable<Optional<Exception>> answer = rejected ? results : ALL_STORED;
        String writer = first.payload().head().writerUuid();
        return backend.append(new Append(stream, ExpectedVersion.exactly(version), writer, records))
                .thenApply(appended -> answer);
    }

    /** Adds the records of a write, or those that hold its sequence numbers and the reason why. */
    private Optional<Exception> addRecords(AtomicWrite write, List<Envelope> records) {
        try {
            records.addAll(mapping.records(write));
            return Optional.empty();
        } catch (Exception notSerializable) { // whatever a serializer throws, checked exceptions from Scala among it
            records.addAll(EventMapping.placeholders(write.size()));
            return Optional.of(notSerializable);
        }
    }

    private static void refuseGap(StreamId stream, long version, AtomicWrite write) {
        if (write.lowestSequenceNr() != version + 1) {
            throw new VersionConflictException(stream, ExpectedVersion.exactly(write.lowestSequenceNr() - 1), version);
        }
    }

    @Override
    public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
        return Futures.future(() -> backend.deleteEventsTo(new StreamId(persistenceId), toSequenceNr));
    }

    /** The storage counts every append that this actor has called, so that a restarted entity waits for its writes of before. */
    @Override
    public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long fromSequenceNr) {
        return Futures.future(() -> backend.highestSequenceNr(new StreamId(persistenceId)));
    }

    @Override
    public Future<Void> doAsyncReplayMessages(String persistenceId, long fromSequenceNr, long toSequenceNr,
            long max, Consumer<PersistentRepr> replayCallback) {
        Replay replay = new Replay(new StreamId(persistenceId), toSequenceNr, max, replayCallback);
        return Futures.future(() -> CompletableFuture.supplyAsync(() -> replay.from(fromSequenceNr), replayExecutor)
                .thenCompose(stage -> stage));
    }

    /** One replay, page by page. */
    private final class Replay {
        private final StreamId stream;
        private final long toSequenceNr;
        private final Consumer<PersistentRepr> callback;
        private long remaining;

        Replay(StreamId stream, long toSequenceNr, long max, Consumer<PersistentRepr> callback) {
            this.stream = stream;
            this.toSequenceNr = toSequenceNr;
            this.remaining = max;
            this.callback = callback;
        }

        /** Loops while the storage answers at once, so that a long stream needs no deep stack. */
        CompletionStage<Void> from(long fromSequenceNr) {
            long next = fromSequenceNr;
            while (remaining > 0 && next <= toSequenceNr) {
                int limit = (int) Math.min(remaining, REPLAY_PAGE);
                CompletableFuture<List<StoredEvent>> read = backend.getEvents(stream, next, toSequenceNr, limit)
                        .toCompletableFuture();
                if (!read.isDone()) {
                    return read.thenComposeAsync(
                            page -> deliver(page) < limit ? done() : from(page.getLast().sequenceNr() + 1),
                            replayExecutor);
                }
                List<StoredEvent> page = read.join();
                if (deliver(page) < limit) {
                    break;
                }
                next = page.getLast().sequenceNr() + 1;
            }
            return done();
        }

        private int deliver(List<StoredEvent> page) {
            for (StoredEvent stored : page) {
                if (!EventMapping.isPlaceholder(stored)) {
                    callback.accept(mapping.persistentRepr(stored));
                    remaining--;
                }
            }
            return page.size();
        }

        private static CompletionStage<Void> done() {
            return CompletableFuture.completedFuture(null);
        }
    }
}
