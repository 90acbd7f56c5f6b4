package dev.allframe.journal.allsource.tool;

import com.typesafe.config.Config;
import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.NewStore;
import dev.allframe.journal.allsource.engine.closed.StoredContents;
import dev.allframe.journal.plugin.ForeignEvents;
import dev.allframe.store.Envelope;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.ReadJournalProvider;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByTagQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentLastSequenceNumberByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentPersistenceIdsQuery;
import org.apache.pekko.persistence.query.javadsl.ReadJournal;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.StreamConverters;

/**
 * The events of a Pekko journal, on their way into a new store.
 *
 * <p>Sequence numbers stay: where the journal has none, because an actor's write was rejected, the number is taken by a
 * record without an event, as our own journal does it. What a stream lacks at its beginning counts as deleted. Both
 * ends wait for each other, so that few events are in memory; of each persistence id two numbers are remembered, by
 * which the new store is compared.
 *
 * <p>For one thread, once; the actor system's do the reading.
 */
final class Migration {

    private static final String JOURNAL = "allsource.journal";

    private final ActorSystem system;
    private final ReadJournal journal;
    private final String pluginId;
    private final List<String> tags;
    private final ForeignEvents foreign;
    private final Map<String, Map<Long, Set<String>>> tagged = new HashMap<>();
    private final Map<StreamId, Taken> taken = new HashMap<>();
    private final List<String> findings = new ArrayList<>();
    private long events;
    private long position;

    /**
     * What the new store must have of a stream.
     *
     * @param records how many
     * @param last the sequence number of the last
     */
    private record Taken(long records, long last) {}

    private Migration(ActorSystem system, ReadJournal journal, String pluginId, List<String> tags) {
        this.system = system;
        this.journal = journal;
        this.pluginId = pluginId;
        this.tags = tags;
        this.foreign = new ForeignEvents(system, JOURNAL);
    }

    /**
     * From a journal.
     *
     * @param pluginId its query plugin
     * @param tags that are asked for
     * @throws RefusedException if there is no such plugin, or it lacks a query
     */
    static Migration from(ActorSystem system, String pluginId, List<String> tags) {
        ReadJournal journal;
        try {
            if (!system.settings().config().hasPath(pluginId)) {
                throw new RefusedException("the configuration has no query plugin " + pluginId);
            }
            refuseOtherPlugin(system, pluginId);
            journal = PersistenceQuery.get(system).getReadJournalFor(ReadJournal.class, pluginId);
        } catch (RefusedException refused) {
            throw refused;
        } catch (Exception unusable) {
            // whatever the plugin's constructor throws, checked exceptions from Scala among it
            throw new RefusedException("the query plugin " + pluginId + " cannot be started: " + words(unusable));
        }
        require(journal instanceof CurrentPersistenceIdsQuery, pluginId, "current persistence ids");
        require(journal instanceof CurrentEventsByPersistenceIdQuery, pluginId, "current events by persistence id");
        require(tags.isEmpty() || journal instanceof CurrentEventsByTagQuery, pluginId, "current events by tag");
        return new Migration(system, journal, pluginId, tags);
    }

    /** A journal has two plugins, and the one that actors use is the better known. */
    private static void refuseOtherPlugin(ActorSystem system, String pluginId) throws ClassNotFoundException {
        String key = pluginId + ".class";
        Config config = system.settings().config();
        boolean reads = config.hasPath(key) && ReadJournalProvider.class.isAssignableFrom(
                Class.forName(config.getString(key), false, Thread.currentThread().getContextClassLoader()));
        if (!reads) {
            throw new RefusedException(pluginId + " is no query plugin: --from needs the id of the journal's read"
                    + " journal, such as jdbc-read-journal where the journal is jdbc-journal");
        }
    }

    private static void require(boolean there, String pluginId, String query) {
        if (!there) {
            throw new RefusedException("the query plugin " + pluginId + " has no query of " + query);
        }
    }

    private static String words(Throwable failed) {
        Throwable cause = failed instanceof CompletionException && failed.getCause() != null
                ? failed.getCause()
                : failed;
        return cause.getClass().getSimpleName() + " " + Failures.message(cause);
    }

    /** What does not agree or was left out. */
    List<String> findings() {
        return findings;
    }

    /** How many events were taken. */
    long events() {
        return events;
    }

    /** How many persistence ids were taken. */
    int persistenceIds() {
        return taken.size();
    }

    /**
     * Takes everything. The store is not finished by this.
     *
     * @throws RefusedException if the journal cannot be read, or an event not be stored; says which
     */
    void run(NewStore store, Progress progress) {
        for (String tag : tags) {
            rememberTag(tag);
        }
        forEach(((CurrentPersistenceIdsQuery) journal).currentPersistenceIds(), "the persistence ids", id -> {
            if (isUsable(id)) {
                take(id, store, progress);
            }
        });
    }

    private void rememberTag(String tag) {
        forEach(((CurrentEventsByTagQuery) journal).currentEventsByTag(tag, Offset.noOffset()), "the tag " + tag,
                event -> tagged.computeIfAbsent(event.persistenceId(), any -> new HashMap<>())
                        .computeIfAbsent(event.sequenceNr(), any -> new TreeSet<>())
                        .add(tag));
    }

    /** Pulls one element after the other: the source waits for the consumer. */
    private <T> void forEach(Source<T, NotUsed> source, String what, Consumer<T> consumer) {
        try (Stream<T> elements = source.runWith(StreamConverters.asJavaStream(), system)) {
            Iterator<T> all = elements.iterator();
            while (hasNext(all, what)) {
                consumer.accept(all.next());
            }
        }
    }

    private boolean hasNext(Iterator<?> elements, String what) {
        try {
            return elements.hasNext();
        } catch (Exception failed) { // whatever the plugin throws, checked exceptions from Scala among it
            throw new RefusedException(pluginId + " could not read " + what + ": " + words(failed));
        }
    }

    private boolean isUsable(String id) {
        if (id.isEmpty() || !StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
            findings.add("the persistence id '" + id + "' cannot be one of a store, and is left out with its events");
            return false;
        }
        return true;
    }

    private void take(String id, NewStore store, Progress progress) {
        StreamId stream = new StreamId(id);
        if (taken.containsKey(stream)) {
            return;
        }
        long[] last = {0};
        long[] records = {0};
        var query = (CurrentEventsByPersistenceIdQuery) journal;
        forEach(query.currentEventsByPersistenceId(id, 0, Long.MAX_VALUE),
                "persistence id " + id + " behind what it gave already", event -> {
                    if (event.sequenceNr() <= last[0]) {
                        throw new RefusedException("persistence id " + id + " has event " + event.sequenceNr()
                                + " behind event " + last[0] + ": event adapters that make several events of one"
                                + " must be left out of the configuration");
                    }
                    if (last[0] == 0 && event.sequenceNr() > 1) {
                        noteDeleted(stream, event.sequenceNr() - 1, store);
                    } else {
                        records[0] += fill(stream, last[0] + 1, event.sequenceNr(), store);
                    }
                    add(stream, event.sequenceNr(), record(event), store);
                    last[0] = event.sequenceNr();
                    records[0]++;
                    events++;
                    progress.step();
                });
        long highest = Math.max(last[0], highest(id));
        if (last[0] == 0 && highest > 0) {
            noteDeleted(stream, highest, store);
        } else {
            records[0] += fill(stream, last[0] + 1, highest + 1, store);
        }
        taken.put(stream, new Taken(records[0], highest));
    }

    private void noteDeleted(StreamId stream, long to, NewStore store) {
        store.addDeleted(stream, to);
        findings.add("persistence id " + stream + " has no events up to " + to
                + "; they count as deleted, and the snapshot that stands for them is not taken");
    }

    private long fill(StreamId stream, long from, long until, NewStore store) {
        for (long sequenceNr = from; sequenceNr < until; sequenceNr++) {
            add(stream, sequenceNr, ForeignEvents.nothing(), store);
        }
        return Math.max(0, until - from);
    }

    private void add(StreamId stream, long sequenceNr, Envelope record, NewStore store) {
        store.add(new StoredEvent(stream, sequenceNr, new Position("", 0, 0, ++position), "migrated from " + pluginId,
                record));
    }

    private Envelope record(EventEnvelope event) {
        Set<String> moreTags = tagged.getOrDefault(event.persistenceId(), Map.of())
                .getOrDefault(event.sequenceNr(), Set.of());
        try {
            return foreign.record(event, moreTags);
        } catch (Exception unstorable) {
            // whatever adapters and serializers throw, checked exceptions from Scala among it
            throw new RefusedException("event " + event.sequenceNr() + " of persistence id " + event.persistenceId()
                    + " cannot be stored: " + words(unstorable));
        }
    }

    /** The number that the journal gave last, also where its event is gone; 0 where it does not say. */
    private long highest(String id) {
        if (!(journal instanceof CurrentLastSequenceNumberByPersistenceIdQuery query)) {
            return 0;
        }
        try {
            return query.currentLastSequenceNumberByPersistenceId(id).toCompletableFuture().join().orElse(0L);
        } catch (CompletionException failed) {
            throw new RefusedException(pluginId + " could not read the last sequence number of persistence id " + id
                    + ": " + words(failed));
        }
    }

    /** Reads the finished store and compares what it has of each stream. */
    void compareWith(Path directory) {
        Map<StreamId, Taken> found = new HashMap<>();
        try (ClosedStore store = StoreDirectory.lock(directory, "migrate-from");
                StoredContents contents = StoredContents.of(store)) {
            contents.forEachEvent(event -> found.merge(event.stream(), new Taken(1, event.sequenceNr()),
                    (before, next) -> new Taken(before.records + 1, next.last)));
            contents.state()
                    .forEachDeleted((stream, to) -> found.merge(stream, new Taken(0, to),
                            (events, deleted) -> new Taken(events.records, Math.max(events.last, deleted.last))));
        }
        taken.forEach((stream, expected) -> {
            Taken actual = found.getOrDefault(stream, new Taken(0, 0));
            if (!actual.equals(expected)) {
                findings.add("persistence id " + stream + " had " + expected.records + " records up to "
                        + expected.last + ", and the new store has " + actual.records + " up to " + actual.last);
            }
        });
        if (found.size() != taken.size() && taken.keySet().containsAll(found.keySet())) {
            findings.add("of " + taken.size() + " persistence ids the new store has " + found.size());
        }
    }
}
