package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.engine.index.Tables;
import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.FaultPlan;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.store.Append;
import dev.allframe.store.AppendOutcome;
import dev.allframe.store.Appended;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * Groups of appends, as a journal makes them, on disks that fail and lose power: every append is answered once, what is
 * said to be stored is there under the number and position that were told, and what is said not to be is not.
 */
@Guarantee({"G1", "G2", "G3"})
class AppendEachFaultTest {

    private static final int CALLS = Seeds.count("each.calls", 40);
    private static final int POWER_LOSSES = Seeds.count("each.losses", 60);

    /** An append, by the type of its one event, and what became of it. */
    private record Told(String type, AppendOutcome outcome) {}

    private final Random random = new Random(Seeds.next());
    private int number;

    private static EngineBackend open(Disk disk, Tables tables, EngineConfig config) {
        return new EngineBackend(
                Engine.open(disk, StoreLife.DIRECTORY, tables, config, Clock.systemUTC(), "a test"), "a test");
    }

    private List<Append> group() {
        List<Append> appends = new ArrayList<>();
        for (int i = random.nextInt(1, 25); i > 0; i--) {
            ExpectedVersion expected = random.nextInt(4) == 0
                    ? ExpectedVersion.exactly(random.nextInt(12))
                    : ExpectedVersion.any();
            Envelope event = Envelope.of("t" + number++, 1, new Payload(1, "", new byte[random.nextInt(900)]), Set.of(),
                    EventMetadata.at(Model.NOW), null);
            appends.add(new Append(new StreamId("account|" + random.nextInt(5)), expected, "writer", List.of(event)));
        }
        return appends;
    }

    /** Completes when the group is answered; what was told is added then. */
    private static CompletableFuture<Void> appendEach(EngineBackend store, List<Append> appends, List<Told> told) {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        store.appendEach(appends, outcomes -> {
            for (int i = 0; i < outcomes.size(); i++) {
                told.add(new Told(appends.get(i).records().getFirst().eventType(), outcomes.get(i)));
            }
            answered.complete(null);
        });
        return answered;
    }

    private static Map<String, StoredEvent> events(EngineBackend store) {
        Map<String, StoredEvent> there = new HashMap<>();
        EventPage page = Stages.get(store.getAllEvents(EventFilter.all(), Position.START, 1_000));
        while (true) {
            page.events().forEach(event -> assertThat(there.put(event.envelope().eventType(), event)).isNull());
            if (page.atEnd()) {
                return there;
            }
            page = Stages.get(store.getAllEvents(EventFilter.all(), page.next(), 1_000));
        }
    }

    private static void check(String where, List<Told> all, Map<String, StoredEvent> there) {
        for (Told told : all) {
            StoredEvent event = there.get(told.type);
            switch (told.outcome) {
                case AppendOutcome.Stored(Appended appended) -> {
                    StoredEvent stored = Objects.requireNonNull(event, () -> where + ": " + told);
                    assertThat(stored.sequenceNr()).as(where).isEqualTo(appended.lastSequenceNr());
                    assertThat(stored.position()).as(where).isEqualTo(appended.lastPosition());
                }
                case AppendOutcome.Failed(StoreFailedException unknown) -> {
                    // it may be stored or not
                }
                case AppendOutcome.Failed failed -> assertThat(event).as("%s: %s", where, told).isNull();
            }
        }
    }

    @Test
    void outcomes_are_true_whatever_call_of_the_disk_fails() {
        for (FaultPlan.Kind kind : FaultPlan.Kind.values()) {
            for (int call = 1; call <= CALLS; call++) {
                fail(FaultPlan.once(call, kind), kind + " once at call " + call);
                fail(FaultPlan.forever(call, kind), kind + " for ever from call " + call);
            }
        }
    }

    private void fail(FaultPlan plan, String where) {
        SimulatedDisk disk = new SimulatedDisk();
        RememberedTables tables = new RememberedTables();
        EngineBackend store = open(disk, tables, StoreLife.SMALL);
        disk.plan(plan);
        List<Told> told = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Void>> groups = new ArrayList<>();
        int asked = 0;
        for (int i = 0; i < 8; i++) {
            List<Append> group = group();
            asked += group.size();
            groups.add(appendEach(store, group, told));
            if (random.nextBoolean()) {
                Stages.get(groups.getLast());
            }
        }
        groups.forEach(Stages::get);
        assertThat(told).as(where).hasSize(asked);
        closeThoughItFails(store);
        disk.plan(FaultPlan.NONE);

        EngineBackend again = open(disk, tables.flushed(), StoreLife.SMALL);
        check(where, told, events(again));
        Stages.run(again::close);
    }

    private static void closeThoughItFails(EngineBackend store) {
        Stages.run(() -> {
            try {
                store.close();
            } catch (EventStoreException failed) {
                // of the disk
            }
        });
    }

    @Test
    void what_was_told_is_there_after_a_power_loss() {
        for (int round = 0; round < POWER_LOSSES; round++) {
            SimulatedDisk disk = new SimulatedDisk();
            RememberedTables tables = new RememberedTables();
            EngineBackend store = open(disk, tables, StoreLife.SMALL.withTailEvents(100_000).withTailBytes(100 << 20));
            List<Told> told = new CopyOnWriteArrayList<>();
            List<CompletableFuture<Void>> groups = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                groups.add(appendEach(store, group(), told));
            }
            Stages.get(groups.get(random.nextInt(12)));
            List<Told> before = List.copyOf(told);
            RememberedTables left = tables.left(random);
            SimulatedDisk lost = disk.crash(CrashMode.any(random), random);
            store.close();

            EngineBackend again = open(lost, left, StoreLife.SMALL);
            check("round " + round, before.stream()
                    .filter(one -> one.outcome instanceof AppendOutcome.Stored)
                    .toList(), events(again));
            Stages.run(again::close);
        }
    }
}
