package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import dev.allframe.failure.Failures;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.StreamPage;
import dev.allframe.streams.Stages;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import scala.PartialFunction;
import scala.collection.immutable.$colon$colon;
import scala.collection.immutable.List$;
import scala.concurrent.Future;
import scala.runtime.BoxedUnit;

/**
 * The Pekko journal over a storage.
 *
 * <ul>
 * <li>Each message of writes, which holds one {@code persist} or {@code persistAll} or several of them, is one atomic
 * append that names the sequence number it expects. A second writer of the same persistence id fails with
 * {@link dev.allframe.store.VersionConflictException}, and its actor stops: a failure, never a rejection.
 * <li>Only events that cannot be serialized are rejected, the writes of one message each by itself.
 * <li>Whatever else the storage refuses, such as a full store, fails the actor that writes.
 * </ul>
 *
 * <p>Serialization and the call of the storage happen in the plugin's actor, in the order of its messages; that keeps
 * the order of each actor's writes; {@link WriteGroups} hands them over together. Only where the configuration wants a
 * circuit breaker or replies in the order of all writes, messages of writes take the way through
 * {@link AsyncWriteJournal}, which has them; likewise those of replays where it wants a circuit breaker or a filter of
 * what is replayed. Replays run on the dispatcher of the key {@code replay-dispatcher}, so that recoveries and writes
 * do not wait for each other.
 *
 * <h2>What a replay sees</h2> Everything that this journal was sent before for the stream. What is answered is there
 * for every read. While a write or a delete of the stream is under way, the replay waits until the storage has done
 * what it was called for before, by {@link EventStoreBackend#highestSequenceNr}; so does each replay where this actor
 * cannot know what is under way, because writes take Pekko's way, or because it was restarted.
 */
public final class BackendJournal extends AsyncWriteJournal {

    private static final int REPLAY_PAGE = 500;

    /** Of Pekko's, for tests of plugins. */
    private static final String PUBLISHES = "pekko.persistence.publish-plugin-commands";

    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    /** For a replay that waits for nothing. */
    private static final CompletionStage<?> SEEN = CompletableFuture.completedFuture("");

    private final EventStoreBackend backend;
    private final EventMapping mapping;
    private final Payloads payloads;
    private final Executor replayExecutor;
    private final WriteGroups groups;
    private final boolean writesDirectly;
    private final boolean replaysDirectly;
    private final boolean publishes;
    /** How many deletes of a stream are under way. */
    private final Map<StreamId, Integer> deletes = new ConcurrentHashMap<>();
    /** Whether every write and delete under way was sent to this actor, and by its own ways. */
    private boolean knowsWhatIsUnderWay;

    /** Called by Pekko for the section of the configuration that names this class. */
    public BackendJournal(Config config, String pluginId) {
        ActorSystem system = context().system();
        this.backend = Storages.get(system).backendOf(pluginId);
        this.payloads = new Payloads((ExtendedActorSystem) system);
        this.mapping = new EventMapping(payloads);
        this.replayExecutor = system.dispatchers().lookup(config.getString("replay-dispatcher"));
        this.groups = new WriteGroups(backend, self());
        this.knowsWhatIsUnderWay = Breakers.isNone(config) && !config.getBoolean("write-response-global-order");
        this.writesDirectly = knowsWhatIsUnderWay;
        this.replaysDirectly = Breakers.isNone(config) && config.getString("replay-filter.mode").equals("off");
        Config all = system.settings().config();
        this.publishes = all.hasPath(PUBLISHES) && all.getBoolean(PUBLISHES);
    }

    /**
     * Takes messages of writes and replays out of the hands of Pekko's machinery, which spends on each of them a
     * circuit breaker, several futures and as many changes of thread: more than the storage needs.
     */
    @Override
    public void aroundReceive(PartialFunction<Object, BoxedUnit> receive, Object message) {
        if (writesDirectly && message instanceof JournalProtocol.WriteMessages writes) {
            write(writes);
        } else if (message instanceof WriteGroups.Answered answered) {
            groups.answered(answered);
        } else if (replaysDirectly && message instanceof JournalProtocol.ReplayMessages replay) {
            replay(replay);
        } else {
            groups.handOver(); // it comes behind the writes that were sent before
            super.aroundReceive(receive, message);
        }
    }

    /** Also where the actor is restarted: its heir replies. */
    @Override
    public void postStop() {
        groups.handOver();
    }

    @Override
    public void postRestart(Throwable reason) throws Exception {
        super.postRestart(reason);
        knowsWhatIsUnderWay = false;
    }

    private void write(JournalProtocol.WriteMessages message) {
        Iterator<AtomicWrite> atomicWrites = atomicWrites(message);
        if (!atomicWrites.hasNext()) {
            groups.replies().stored(message, List.of());
            return;
        }
        Writes writes;
        try {
            writes = payloads.withTransportInformation(() -> Writes.of(atomicWrites, this::adapted, mapping));
        } catch (Throwable failure) { // a gap between the writes, or whatever adapters and serializers throw
            groups.replies().failed(message, failure);
            return;
        }
        groups.add(message, writes);
    }

    private static Iterator<AtomicWrite> atomicWrites(JournalProtocol.WriteMessages message) {
        List<AtomicWrite> writes = new ArrayList<>(message.messages().size());
        for (var envelopes = message.messages().iterator(); envelopes.hasNext();) {
            if (envelopes.next() instanceof AtomicWrite write) {
                writes.add(write);
            }
        }
        return writes.iterator();
    }

    /** A write as the event adapters want it stored. */
    private AtomicWrite adapted(AtomicWrite write) {
        return preparePersistentBatch(new $colon$colon<>(write, List$.MODULE$.empty())).head();
    }

    private void replay(JournalProtocol.ReplayMessages message) {
        ActorRef journal = self();
        ActorSystem system = context().system();
        ActorRef actor = message.persistentActor();
        Stages.attempt(() -> replayed(message)).whenComplete((highest, failure) -> {
            actor.tell(failure == null
                    ? new JournalProtocol.RecoverySuccess(highest)
                    : new JournalProtocol.ReplayMessagesFailure(Failures.unwrapped(failure)), journal);
            if (publishes && failure == null) {
                system.eventStream().publish(message);
            }
        });
    }

    /** The highest sequence number of the stream, when all that was asked for has been sent. */
    private CompletionStage<Long> replayed(JournalProtocol.ReplayMessages message) {
        StreamId stream = new StreamId(message.persistenceId());
        Replay replay = new Replay(stream, message.toSequenceNr(), message.max(),
                event -> send(event, message.persistentActor()));
        CompletionStage<?> seen = SEEN;
        if (!knowsWhatIsUnderWay || deletes.containsKey(stream) || groups.hasWriteUnderWay(stream)) {
            groups.handOver();
            seen = backend.highestSequenceNr(stream);
        }
        return seen.thenComposeAsync(before -> replay.all(message.fromSequenceNr()), replayExecutor);
    }

    /** An event as the event adapters want it read: perhaps several, or none. */
    private void send(PersistentRepr stored, ActorRef actor) {
        for (var events = adaptFromJournal(stored).iterator(); events.hasNext();) {
            actor.tell(new JournalProtocol.ReplayedMessage(events.next()), ActorRef.noSender());
        }
    }

    /** The way through Pekko's machinery, which has adapted the events. */
    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> messages) {
        return Futures.future(() -> {
            Writes writes = payloads
                    .withTransportInformation(() -> Writes.of(messages.iterator(), write -> write, mapping));
            return backend.append(writes.append()).thenApply(appended -> writes.rejections());
        });
    }

    @Override
    public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
        StreamId stream = new StreamId(persistenceId);
        return Futures.future(() -> {
            CompletionStage<Void> deleted = backend.deleteEventsTo(stream, toSequenceNr);
            deletes.merge(stream, 1, Integer::sum);
            return deleted.whenComplete((done, failure) -> deletes.computeIfPresent(stream,
                    (id, count) -> count == 1 ? null : count - 1));
        });
    }

    /**
     * The storage counts every append that this actor has called, so that a restarted entity waits for its writes of
     * before.
     */
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

    /** One replay, page by page, on threads of the replay dispatcher. */
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

        private int limit() {
            return Math.clamp(remaining, 1, REPLAY_PAGE);
        }

        /** Replays, and gives the highest sequence number, which the first page says. */
        CompletionStage<Long> all(long fromSequenceNr) {
            long to = remaining > 0 ? toSequenceNr : 0;
            CompletableFuture<StreamPage> read = backend.getStreamPage(stream, fromSequenceNr, to, limit())
                    .toCompletableFuture();
            return read.isDone()
                    ? afterFirst(read.join())
                    : read.thenComposeAsync(this::afterFirst, replayExecutor);
        }

        private CompletionStage<Long> afterFirst(StreamPage page) {
            long highest = page.highestSequenceNr();
            if (page.events().isEmpty()) {
                return CompletableFuture.completedFuture(highest);
            }
            long next = deliver(page.events());
            return from(next, Math.min(toSequenceNr, highest)).thenApply(end -> highest);
        }

        CompletionStage<Void> from(long fromSequenceNr) {
            return from(fromSequenceNr, toSequenceNr);
        }

        /** Loops while the storage answers at once, so that a long stream needs no deep stack. */
        private CompletionStage<Void> from(long fromSequenceNr, long to) {
            long next = fromSequenceNr;
            while (remaining > 0 && next <= to) {
                CompletableFuture<List<StoredEvent>> read = backend.getEvents(stream, next, to, limit())
                        .toCompletableFuture();
                if (!read.isDone()) {
                    return read.thenComposeAsync(page -> page.isEmpty() ? DONE : from(deliver(page), to),
                            replayExecutor);
                }
                List<StoredEvent> page = read.join();
                if (page.isEmpty()) {
                    break;
                }
                next = deliver(page);
            }
            return DONE;
        }

        /** Gives what is not empty to the actor, and the number where to go on. */
        private long deliver(List<StoredEvent> page) {
            for (StoredEvent stored : page) {
                if (!EventMapping.isPlaceholder(stored)) {
                    callback.accept(mapping.persistentRepr(stored));
                    remaining--;
                }
            }
            return page.getLast().sequenceNr() + 1;
        }
    }
}
