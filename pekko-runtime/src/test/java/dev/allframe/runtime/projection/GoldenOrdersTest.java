package dev.allframe.runtime.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Orders as they were first stored: every later version reads them, and one that writes others has another version. */
final class GoldenOrdersTest {

    private static final StreamId STREAM = StreamId.of("allframe-projection", "mails");

    /** One of each kind, in the order of the golden file. */
    private static final List<ViewOrder> ORDERS = List.of(new ViewOrder.Paused("ann", "the disk is slow"),
            new ViewOrder.Resumed("ann", "it is fast"), new ViewOrder.RebuildOrdered("bob", "another rule", true),
            new ViewOrder.RetryOrdered("bob", "repaired"),
            new ViewOrder.EventSkipped("account|acc-1", 7, "ann", "it is wrong"),
            new ViewOrder.RestartOrdered(true, "ann", "restored"),
            new ViewOrder.Retired("bob", "nobody reads it"),
            new ViewOrder.ReplayStarted("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", List.of("account.opened"),
                    "owner:ann", "account|acc-1", "STORE/0/0/1", "STORE/0/0/9", 500, "ann", "a new receiver"),
            new ViewOrder.ReplayRateSet(20, "ann", "it is slow"), new ViewOrder.ReplayCancelled("bob", "enough"),
            new ViewOrder.AnswererOrdered(2, "ann", "the rows are right"),
            new ViewOrder.ReplacementFinished(2, "bob", "nobody misses the old one"));

    private final EventStoreBackend store = InMemoryBackend.unbounded();

    /** Type, version and JSON of each line. */
    private static List<String> golden() throws IOException {
        try (InputStream in = Objects
                .requireNonNull(GoldenOrdersTest.class.getResourceAsStream("/golden/orders-v1.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    @Test
    void orders_are_still_stored_so() throws IOException {
        ViewOrders orders = new ViewOrders(store);
        ORDERS.forEach(order -> orders.give("mails", order).toCompletableFuture().join());

        List<String> lines = new ArrayList<>();
        for (StoredEvent stored : store.getEvents(STREAM, 1, 100, 100).toCompletableFuture().join()) {
            Envelope record = stored.envelope();
            lines.add(record.eventType() + " " + record.eventVersion() + " "
                    + new String(record.payload().bytes(), StandardCharsets.UTF_8));
        }
        assertThat(lines).containsExactlyElementsOf(golden());
    }

    private void stored(String line) {
        String[] parts = line.split(" ", 3);
        Envelope record = Envelope.of(parts[0], Integer.parseInt(parts[1]),
                Payload.json(parts[2].getBytes(StandardCharsets.UTF_8)), Set.of(), EventMetadata.at(Instant.EPOCH),
                null);
        store.append(new Append(STREAM, ExpectedVersion.any(), "test", List.of(record))).toCompletableFuture().join();
    }

    @Test
    void what_was_stored_is_read_as_these_orders() throws IOException {
        for (String line : golden()) {
            stored(line);
        }

        assertThat(new ViewOrders(store).behind("mails", 0)).extracting(RecordedEvent::event)
                .containsExactlyElementsOf(ORDERS);
    }

    @Test
    void orders_that_were_stored_unchecked_are_read_with_empty_texts() {
        stored("allframe-projection.paused 1 {\"by\":null,\"reason\":null}");
        stored("allframe-projection.event-skipped 1"
                + " {\"stream\":\"account|acc-1\",\"sequenceNr\":-5,\"by\":\"ann\",\"reason\":null}");

        assertThat(new ViewOrders(store).behind("mails", 0)).extracting(RecordedEvent::event)
                .containsExactly(new ViewOrder.Paused("", ""),
                        new ViewOrder.EventSkipped("account|acc-1", -5, "ann", ""));
    }

    @Test
    void every_kind_of_order_has_a_golden_text() {
        assertThat(ORDERS.stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(kinds(ViewOrder.class).collect(Collectors.toSet()));
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses()).flatMap(GoldenOrdersTest::kinds)
                : Stream.of(type);
    }
}
