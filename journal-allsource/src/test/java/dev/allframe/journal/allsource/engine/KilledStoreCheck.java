package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks at the store of killed processes, and at its backup. */
final class KilledStoreCheck {

    private static final int PAGE = 1000;

    private final Path store;
    private final Path backup;
    private final KilledLedger ledger = new KilledLedger();
    private Events seen = new Events(false);

    /** @param directory in which the store and its backup are, or will be */
    KilledStoreCheck(Path directory) {
        this.store = directory.resolve("store");
        this.backup = directory.resolve("backup");
    }

    KilledLedger ledger() {
        return ledger;
    }

    /** What a process is to do that dies when it comes to a place for the n-th time. */
    KilledWriter.Task task(long seed, int time, String place) {
        return new KilledWriter.Task(store, backup, seed, time, place);
    }

    /** The events that were read, in position order. */
    private final class Events {

        private final Map<Long, String> byPosition = new TreeMap<>();
        private final long[] last = new long[KilledActor.ACTORS];
        private Position next = Position.START;
        private final boolean old;
        private @Nullable StoredEvent half;

        /** @param old whether these are of a copy, in which later deletes were not made */
        Events(boolean old) {
            this.old = old;
        }

        /**
         * Reads what is behind what was read, each stream without a gap but for what may be deleted, and pairs as
         * pairs.
         */
        void readOn(EventStoreBackend from) {
            boolean atEnd = false;
            while (!atEnd) {
                EventPage page = Stages.get(from.getAllEvents(EventFilter.all(), next, PAGE));
                page.events().forEach(this::add);
                next = page.next();
                atEnd = page.atEnd();
            }
            assertThat(half).as("a first event of two at the end").isNull();
        }

        private void add(StoredEvent event) {
            String id = event.stream().value();
            int actor = Integer.parseInt(event.stream().entityId());
            long number = event.sequenceNr();
            KilledLedger.Account account = ledger.account(actor);
            if (number != last[actor] + 1) {
                assertThat(number).as("the event of %s behind %s", id, last[actor]).isGreaterThan(last[actor]);
                assertThat(number - 1).as("the event before %s of %s", number, id)
                        .isLessThanOrEqualTo(account.deleting);
            }
            if (!old) {
                assertThat(number).as("an event of %s that is deleted", id).isGreaterThan(account.deleted);
            }
            last[actor] = number;
            String text = text(event.envelope().payload());
            String part = KilledActor.part(text);
            assertThat(text).isEqualTo(KilledActor.event(id, number, part));
            pair(event, part, account);
            assertThat(byPosition.put(event.position().index(), id + " " + number)).isNull();
        }

        private void pair(StoredEvent event, String part, KilledLedger.Account account) {
            StoredEvent first = half;
            half = null;
            switch (part) {
                case KilledActor.WHOLE -> assertThat(first).as("a first event of two alone").isNull();
                case KilledActor.FIRST -> {
                    assertThat(first).as("a first event of two alone").isNull();
                    half = event;
                }
                case KilledActor.SECOND -> {
                    if (first == null) {
                        assertThat(event.sequenceNr() - 1).isLessThanOrEqualTo(account.deleting);
                    } else {
                        assertThat(event.stream()).isEqualTo(first.stream());
                        assertThat(event.sequenceNr()).isEqualTo(first.sequenceNr() + 1);
                        assertThat(event.position().index()).isEqualTo(first.position().index() + 1);
                    }
                }
                default -> throw new AssertionError(event);
            }
        }
    }

    private static String text(Payload payload) {
        return new String(payload.bytes(), StandardCharsets.UTF_8);
    }

    /**
     * Opens the store and compares it with what is known.
     *
     * @param all whether everything is read, and not only what came since the last time
     */
    void check(boolean all) {
        try (EventStoreBackend opened = KilledStoreProvider.open(store)) {
            if (all) {
                seen = new Events(false);
            }
            seen.readOn(opened);
            for (int actor = 0; actor < KilledActor.ACTORS; actor++) {
                check(opened, actor, ledger.account(actor));
            }
        }
    }

    /** Also takes over what was found: from then on it is known to be there. */
    private void check(EventStoreBackend opened, int actor, KilledLedger.Account account) {
        StreamId stream = new StreamId(KilledActor.id(actor));
        long version = Stages.get(opened.highestSequenceNr(stream));
        assertThat(version).as("the version of %s", stream).isGreaterThanOrEqualTo(account.persisted);
        if (seen.last[actor] < version) {
            assertThat(version).as("the version of %s, whose last event is %s", stream, seen.last[actor])
                    .isLessThanOrEqualTo(account.deleting);
        }
        assertThat(seen.last[actor]).isLessThanOrEqualTo(version);
        account.persisted = version;

        List<StoredEvent> events = Stages.get(opened.getEvents(stream, 1, Long.MAX_VALUE, 1));
        long first = events.isEmpty() ? version + 1 : events.getFirst().sequenceNr();
        assertThat(first - 1).as("deleted events of %s", stream).isBetween(account.deleted, account.deleting);
        account.deleted = first - 1;

        Optional<Snapshot> latest = Stages.get(opened.getLatestSnapshot(stream, SnapshotCriteria.all()));
        long snapshot = latest.map(Snapshot::sequenceNr).orElse(0L);
        assertThat(snapshot).as("the snapshot of %s", stream).isBetween(account.snapshot, version);
        latest.ifPresent(there -> assertThat(text(there.payload()))
                .isEqualTo(KilledActor.state(stream.value(), there.sequenceNr())));
        account.snapshot = snapshot;
        assertThat(Stages.get(opened.getLatestSnapshot(stream, SnapshotCriteria.upTo(account.forgotten))))
                .as("snapshots of %s up to %s", stream, account.forgotten)
                .isEmpty();
    }

    /**
     * Opens the backup, if it is one, and compares it with the store, all of which was just read. Where one was
     * finished it may only be missing while a later one is made.
     */
    void checkBackup() {
        if (!Files.exists(backup.resolve(StoreLayout.STORE))) {
            assertThat(ledger.backedUp() == null || Files.exists(backup.resolve(StoreLayout.STORE + ".incomplete")))
                    .as("the finished backup is there, or one that takes its place")
                    .isTrue();
            return;
        }
        Events copied = new Events(true);
        try (EventStoreBackend opened = KilledStoreProvider.open(backup)) {
            copied.readOn(opened);
            long end = Stages.get(opened.lastPosition()).index();
            long[] least = ledger.backedUp();
            for (int actor = 0; actor < KilledActor.ACTORS; actor++) {
                long version = Stages.get(opened.highestSequenceNr(new StreamId(KilledActor.id(actor))));
                assertThat(version).isLessThanOrEqualTo(ledger.account(actor).persisted);
                if (least != null) {
                    assertThat(version).as("the backup of account %s", actor).isGreaterThanOrEqualTo(least[actor]);
                }
            }
            seen.byPosition.forEach((position, event) -> {
                if (position <= end) {
                    assertThat(copied.byPosition.get(position)).isEqualTo(event);
                }
            });
        }
        copied.byPosition.forEach((position, event) -> {
            String there = seen.byPosition.get(position);
            if (there == null) {
                assertThat(isDeleted(event)).as("%s is in the backup alone", event).isTrue();
            }
        });
    }

    private boolean isDeleted(String event) {
        int bar = event.indexOf('|');
        int blank = event.indexOf(' ');
        int actor = Integer.parseInt(event.substring(bar + 1, blank));
        return Long.parseLong(event.substring(blank + 1)) <= ledger.account(actor).deleted;
    }
}
