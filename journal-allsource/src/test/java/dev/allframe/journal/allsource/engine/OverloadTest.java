package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.index.MemoryTables;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.threads.ReadThreads;
import dev.allframe.journal.allsource.engine.write.Request;
import dev.allframe.store.Append;
import dev.allframe.store.AppendOutcome;
import dev.allframe.store.Appended;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StoreOverloadedException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What callers who are faster than the store fill is bounded, and what was taken is done. */
@Guarantee("G4")
class OverloadTest {

    private static final StreamId STREAM = new StreamId("account|1");
    private static final int LIMIT = 30_000;

    private final Engine engine = Engine.open(new MemoryDisk(), StoreLife.DIRECTORY, new MemoryTables(),
            StoreLife.SMALL.withWaitingBytes(LIMIT), Clock.systemUTC(), "a test");
    private final EngineBackend store = new EngineBackend(engine, "a test");
    private final CountDownLatch held = new CountDownLatch(1);

    @AfterEach
    void close() {
        held.countDown();
        store.close();
    }

    /** The writer waits until {@link #held} is counted down. */
    private void holdWriter() {
        CountDownLatch reached = new CountDownLatch(1);
        engine.submit(new Request.Look<>(() -> {
            reached.countDown();
            return hold();
        }, new CompletableFuture<>()));
        await(reached);
    }

    private int hold() {
        await(held);
        return 1;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stray) {
            throw new IllegalStateException(stray);
        }
    }

    private static Append append(int bytes) {
        return new Append(STREAM, ExpectedVersion.any(), "writer", List.of(Envelope.of("happened", 1,
                new Payload(1, "", new byte[bytes]), Set.of(), EventMetadata.at(Model.NOW), null)));
    }

    @Test
    void what_is_over_the_limit_is_refused_and_what_was_taken_is_stored() {
        holdWriter();
        List<CompletionStage<Appended>> appends = new ArrayList<>();
        for (int i = 0; i < 2 * LIMIT / 1_000; i++) {
            appends.add(store.append(append(1_000)));
        }
        CompletionStage<?> change = store.upsertState(STREAM, 1, new Payload(1, "", new byte[2_000]), "");
        CompletionStage<?> delete = deletes(1 + LIMIT / 256);
        CompletionStage<Long> version = store.highestSequenceNr(STREAM);
        CompletionStage<?> snapshot = store
                .saveSnapshot(new Snapshot(STREAM, 1, Model.NOW, new Payload(1, "", new byte[2_000]), null));
        held.countDown();

        List<RuntimeException> refusals = appends.stream().map(Stages::failure).filter(Objects::nonNull).toList();
        assertThat(refusals).isNotEmpty()
                .hasSizeLessThan(appends.size())
                .allSatisfy(refusal -> assertThat(refusal).isInstanceOf(StoreOverloadedException.class)
                        .hasMessageContaining("nothing was stored"));
        assertThat(Stages.failure(change)).isInstanceOf(StoreOverloadedException.class);
        assertThat(Stages.failure(snapshot)).isInstanceOf(StoreOverloadedException.class);
        assertThat(Stages.failure(delete)).isInstanceOf(StoreOverloadedException.class);
        assertThat(Stages.get(version)).as("asked by a journal before a replay").isPositive();
        int taken = appends.size() - refusals.size();
        assertThat(Stages.get(store.highestSequenceNr(STREAM))).isEqualTo(taken);
        assertThat(Stages.get(store.append(append(1_000))).lastSequenceNr()).isEqualTo(taken + 1);
    }

    /** The last of so many. */
    private CompletionStage<?> deletes(int count) {
        CompletionStage<?> last = store.deleteEventsTo(STREAM, 1);
        for (int i = 1; i < count; i++) {
            last = store.deleteEventsTo(new StreamId("account|2"), 1);
        }
        return last;
    }

    @Test
    void one_request_is_taken_whatever_its_size_where_nothing_waits() {
        assertThat(Stages.get(store.append(append(2 * LIMIT))).lastSequenceNr()).isOne();
    }

    @Test
    void a_group_of_a_journal_is_never_refused_as_overload() {
        holdWriter();
        CompletionStage<Appended> waiting = store.append(append(LIMIT));
        CompletableFuture<List<AppendOutcome>> group = new CompletableFuture<>();

        store.appendEach(List.of(append(LIMIT), append(LIMIT)), group::complete);
        held.countDown();

        Stages.get(waiting);
        assertThat(Stages.get(group)).hasSize(2).allMatch(outcome -> outcome instanceof AppendOutcome.Stored);
    }

    @Test
    void reads_over_the_limit_are_refused() {
        Stages.get(store.append(append(1)));
        Stages.get(store.flush());
        engine.readThreads().readers().execute(this::hold);
        engine.readThreads().readers().execute(this::hold);
        List<CompletionStage<List<StoredEvent>>> reads = new ArrayList<>();
        for (int i = 0; i < ReadThreads.MAX_WAITING; i++) {
            reads.add(store.getEvents(STREAM, 1, 1, 1));
        }

        assertThatThrownBy(() -> Stages.get(store.getEvents(STREAM, 1, 1, 1)))
                .isInstanceOf(StoreOverloadedException.class);
        held.countDown();

        reads.forEach(read -> assertThat(Stages.get(read)).hasSize(1));
    }
}
