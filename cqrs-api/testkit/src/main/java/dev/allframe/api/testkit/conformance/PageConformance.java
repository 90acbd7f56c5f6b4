package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.store.Append;
import dev.allframe.store.DurableState;
import dev.allframe.store.DurableStatePage;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventReader;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Pages of large records: they are bounded in bytes, never empty before the end, and lead to everything. */
abstract class PageConformance extends StoreConformance {

    private static final int RECORD_BYTES = 4_000;

    /** More than a page has room for, and not two pages. */
    private static final int RECORDS = EventReader.MAX_PAGE_BYTES / RECORD_BYTES * 3 / 2;

    PageConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    private static Payload large(int number) {
        return json(number + " ".repeat(RECORD_BYTES - 10));
    }

    private void appendLarge(StreamId stream) {
        for (int from = 0; from < RECORDS; from += 100) {
            List<Envelope> records = new ArrayList<>();
            for (int i = from; i < Math.min(RECORDS, from + 100); i++) {
                records.add(new Envelope("account.noted", 1, large(i), Set.of(), event("").metadata(), null, "",
                        null));
            }
            done(store.append(new Append(stream, ExpectedVersion.exactly(from), "conformance", records)));
        }
    }

    private static void assertBounded(List<StoredEvent> page) {
        long bytes = page.stream().mapToLong(event -> event.envelope().payload().bytes().length).sum();
        assertThat(bytes).isLessThan(EventReader.MAX_PAGE_BYTES + MAX_RECORD_BYTES);
    }

    @Test
    void pages_of_large_records_are_bounded_in_bytes_and_lead_to_all_of_them() {
        append(BERT, "small");
        appendLarge(ANNA);

        assertAllRead();
        done(store.flush());
        assertAllRead();
    }

    private void assertAllRead() {
        List<Long> up = new ArrayList<>();
        List<StoredEvent> page = done(store.getEventsAfter(ANNA, 0, EventReader.MAX_PAGE));
        assertThat(page).as("the first page has about the bytes of a page")
                .hasSizeBetween(RECORDS / 2, RECORDS - 1);
        while (!page.isEmpty()) {
            assertBounded(page);
            up.addAll(sequenceNrs(page));
            page = done(store.getEventsAfter(ANNA, page.getLast().sequenceNr(), EventReader.MAX_PAGE));
        }
        assertThat(up).isEqualTo(numbersTo(RECORDS));

        List<Long> down = new ArrayList<>();
        page = done(store.getEventsBackwards(ANNA, Long.MAX_VALUE, EventReader.MAX_PAGE));
        while (!page.isEmpty()) {
            assertBounded(page);
            down.addAll(sequenceNrs(page));
            page = done(store.getEventsBackwards(ANNA, page.getLast().sequenceNr() - 1, EventReader.MAX_PAGE));
        }
        Collections.reverse(down);
        assertThat(down).isEqualTo(numbersTo(RECORDS));

        EventPage first = done(store.getAllEvents(EventFilter.all(), Position.START, EventReader.MAX_PAGE));
        assertBounded(first.events());
        assertThat(first.atEnd()).isFalse();
        assertThat(readAll()).hasSize(RECORDS + 1);
        assertThat(readAll(EventFilter.entityType("account"), Position.START, EventReader.MAX_PAGE))
                .hasSize(RECORDS + 1);
    }

    @Test
    void pages_of_large_states_are_bounded_in_bytes_and_lead_to_all_of_them() {
        byte[] value = new byte[EventReader.MAX_PAGE_BYTES / 3];
        for (int i = 0; i < 8; i++) {
            done(store.upsertState(StreamId.of("state", "s" + i), 1, Payload.json(value), ""));
        }

        List<StreamId> read = new ArrayList<>();
        Position after = Position.START;
        DurableStatePage page;
        do {
            page = done(store.getStateChanges(change -> true, after, EventReader.MAX_PAGE));
            assertThat(page.changes()).hasSizeLessThanOrEqualTo(4);
            page.changes().stream().map(DurableState::id).forEach(read::add);
            after = page.next();
        } while (!page.atEnd());
        assertThat(read).hasSize(8).doesNotHaveDuplicates();
    }

    @Test
    void pages_of_long_ids_are_bounded_in_bytes_and_lead_to_all_of_them() {
        List<StreamId> ids = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            StreamId id = StreamId.of("account", i + "x".repeat(EventReader.MAX_PAGE_BYTES / 4));
            ids.add(id);
            append(id, "a");
            done(store.upsertState(id, 1, json("state"), ""));
            if (i == 5) {
                done(store.flush());
            }
        }

        assertThat(allPages(store::getStreams)).isEqualTo(ids);
        assertThat(allPages(store::getStateIds)).isEqualTo(ids);
        assertThat(readAll()).extracting(StoredEvent::stream).isEqualTo(ids);
        done(store.flush());
        assertThat(allPages(store::getStreams)).isEqualTo(ids);
        assertThat(readAll()).extracting(StoredEvent::stream).isEqualTo(ids);
        assertThat(texts(read(ids.getFirst()))).containsExactly("a");
    }

    private interface IdPages {
        CompletionStage<List<StreamId>> read(@Nullable StreamId after, int limit);
    }

    private List<StreamId> allPages(IdPages pages) {
        List<StreamId> all = new ArrayList<>();
        List<StreamId> page = done(pages.read(null, EventReader.MAX_PAGE));
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(5);
            all.addAll(page);
            page = done(pages.read(page.getLast(), EventReader.MAX_PAGE));
        }
        return all;
    }
}
