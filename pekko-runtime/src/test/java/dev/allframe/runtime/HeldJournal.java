package dev.allframe.runtime;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import org.jspecify.annotations.Nullable;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/**
 * A foreign journal that stores what instances write when a test lets it, and lets them recover unless a test forbids
 * it. One test uses it at a time.
 */
public final class HeldJournal extends AsyncWriteJournal {

    static final String CONFIG = """
            held-journal.class = "dev.allframe.runtime.HeldJournal"
            pekko.persistence.journal.plugin = held-journal
            """;

    private static final Map<String, List<PersistentRepr>> STORED = new ConcurrentHashMap<>();
    private static volatile CompletableFuture<Void> open = CompletableFuture.completedFuture(null);
    private static volatile CompletableFuture<Void> recovery = open;
    private static volatile boolean unreadable;
    private static volatile boolean holding;
    private static volatile boolean rejecting;
    private static final AtomicInteger FAILING_SCHEMAS = new AtomicInteger();
    private static volatile CompletableFuture<Void> schemaReads = open;
    private static volatile boolean askedForSchemas;
    private static volatile CompletableFuture<Void> schemaWrites = open;

    static void reset() {
        STORED.clear();
        open = CompletableFuture.completedFuture(null);
        recovery = open;
        unreadable = false;
        holding = false;
        rejecting = false;
        FAILING_SCHEMAS.set(0);
        schemaReads = open;
        askedForSchemas = false;
        schemaWrites = CompletableFuture.completedFuture(null);
    }

    /** Reads of schemas fail; null lets them succeed. */
    static void failSchemaReads(@Nullable Exception failure) {
        schemaReads = failure == null
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(failure);
    }

    /** Writes of schemas wait until the future is completed. */
    static CompletableFuture<Void> holdSchemas() {
        schemaWrites = new CompletableFuture<>();
        return schemaWrites;
    }

    /** The next writes of schemas fail. */
    static void failSchemas(int times) {
        FAILING_SCHEMAS.set(times);
    }

    /** Writes are rejected, as those that a journal cannot serialize. */
    static void reject(boolean reject) {
        rejecting = reject;
    }

    /** Whether a write of schemas is waiting. */
    static boolean isAskedForSchemas() {
        return askedForSchemas;
    }

    /** Whether the last write or recovery had to wait. */
    static boolean isHolding() {
        return holding;
    }

    /** Writes wait until the future is completed. */
    static CompletableFuture<Void> hold() {
        open = new CompletableFuture<>();
        return open;
    }

    /** Writes wait no more; what waits already goes on waiting for its future. */
    static void letPass() {
        open = CompletableFuture.completedFuture(null);
    }

    /** Recoveries wait until the future is completed. */
    static CompletableFuture<Void> holdRecovery() {
        recovery = new CompletableFuture<>();
        return recovery;
    }

    /** As if somebody else had stored it. */
    static void store(String persistenceId, Object event) {
        List<PersistentRepr> events = STORED.computeIfAbsent(persistenceId, id -> new ArrayList<>());
        events.add(PersistentRepr.apply(event, events.size() + 1L, persistenceId, "", false, ActorRef.noSender(),
                "somebody"));
    }

    /** As if another writer had stored a copy of the last event behind it. */
    static void storeAgain(String persistenceId) {
        store(persistenceId, STORED.getOrDefault(persistenceId, List.of()).getLast().payload());
    }

    static void recoveriesFail(boolean fail) {
        unreadable = fail;
    }

    static int stored(String persistenceId) {
        return STORED.getOrDefault(persistenceId, List.of()).size();
    }

    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> messages) {
        List<PersistentRepr> events = new ArrayList<>();
        messages.forEach(write -> CollectionConverters.asJava(write.payload())
                .forEach(event -> events.add(event.payload() instanceof Tagged tagged
                        ? event.withPayload(tagged.payload())
                        : event)));
        boolean ofSchemas = isOfSchemas(events.getFirst().persistenceId());
        if (ofSchemas && FAILING_SCHEMAS.getAndDecrement() > 0) {
            return FutureConverters.asScala(CompletableFuture.failedFuture(new IllegalStateException("no room")));
        }
        holding = !open.isDone() && !ofSchemas;
        askedForSchemas = ofSchemas && !schemaWrites.isDone();
        CompletableFuture<Void> gate = ofSchemas ? schemaWrites : open;
        CompletableFuture<Iterable<Optional<Exception>>> written = gate.thenApply(now -> {
            if (rejecting && !ofSchemas) {
                List<Optional<Exception>> rejections = new ArrayList<>();
                messages.forEach(write -> rejections.add(Optional.of(new IllegalArgumentException("not for me"))));
                return rejections;
            }
            if (events.stream().anyMatch(event -> event.sequenceNr() <= stored(event.persistenceId()))) {
                throw new CompletionException(keyIsTaken());
            }
            events.forEach(event -> STORED.computeIfAbsent(event.persistenceId(), id -> new ArrayList<>()).add(event));
            return List.of();
        });
        return FutureConverters.asScala(written);
    }

    /** As PostgreSQL says it through a batch of inserts. */
    private static BatchUpdateException keyIsTaken() {
        String words = "duplicate key value violates unique constraint \"event_journal_pkey\"";
        BatchUpdateException batch = new BatchUpdateException("Batch entry 0 insert into event_journal was aborted: "
                + words, "23505", 0, new int[0]);
        batch.setNextException(new SQLException(words, "23505"));
        return batch;
    }

    /** The records of the versions of events, which AllFrame reads when it starts. */
    private static boolean isOfSchemas(String persistenceId) {
        return persistenceId.startsWith("allframe-schema|");
    }

    @Override
    public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
        return FutureConverters.asScala(CompletableFuture.failedFuture(new UnsupportedOperationException("delete")));
    }

    @Override
    public Future<Void> doAsyncReplayMessages(String persistenceId, long from, long to, long max,
            Consumer<PersistentRepr> replay) {
        STORED.getOrDefault(persistenceId, List.of())
                .stream()
                .filter(event -> event.sequenceNr() >= from && event.sequenceNr() <= to)
                .limit(max)
                .forEach(replay);
        return FutureConverters.asScala(CompletableFuture.completedFuture(null));
    }

    @Override
    public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long from) {
        if (isOfSchemas(persistenceId)) {
            return FutureConverters.asScala(schemaReads.thenApply(now -> (long) stored(persistenceId)));
        }
        holding = !recovery.isDone();
        return FutureConverters.asScala(unreadable
                ? CompletableFuture.failedFuture(new IllegalStateException("bad disk"))
                : recovery.thenApply(now -> (long) stored(persistenceId)));
    }
}
