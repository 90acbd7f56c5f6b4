package dev.allframe.runtime;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.runtime.Wallets.WALLET;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.runtime.Wallets.WalletEvent;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The local host on the in-memory store, which knows the parts of an envelope. */
final class MemoryStorageTest extends CommandBusConformance {

    MemoryStorageTest() {
        super(ConfigFactory.parseString("pekko.actor.serialize-creators = on").withFallback(ConfigFactory.load()));
    }

    private List<StoredEvent> stored(String id) {
        return allFrame().backend()
                .getEvents(StreamId.of("wallet", id), 1, Long.MAX_VALUE, 100)
                .toCompletableFuture()
                .join();
    }

    @Test
    void events_are_stored_as_json_under_their_names_with_all_metadata() {
        String id = newId();
        CommandOptions options = withCommandId("c-1").correlatedBy("r-1").causedBy("m-1").withHeader("user", "ann");
        send(id, new Wallets.WalletCommand.Exchange(BigDecimal.TWO, new BigDecimal("1.50")), options);

        Envelope first = stored(id).getFirst().envelope();
        Envelope second = stored(id).getLast().envelope();

        assertThat(first.eventType()).isEqualTo("wallet.taken");
        assertThat(first.eventVersion()).isEqualTo(1);
        assertThat(first.payload()).hasToString("{\"amount\":\"2\"}");
        assertThat(second.payload()).hasToString("{\"amount\":\"1.50\",\"note\":\"exchange\"}");
        assertThat(first.tags()).containsExactly("out");
        assertThat(first.metadata().commandId()).isEqualTo("c-1");
        assertThat(first.metadata().correlationId()).isEqualTo("r-1");
        assertThat(first.metadata().causationId()).isEqualTo("m-1");
        assertThat(first.metadata().headers()).isEqualTo(Map.of("user", "ann"));
        assertThat(first.command()).isNotNull();
        assertThat(first.command())
                .extracting(CommandRecord::commandId, CommandRecord::outcome, CommandRecord::firstSequenceNr,
                        CommandRecord::lastSequenceNr)
                .containsExactly("c-1", new CommandRecord.Accepted(), 1L, 2L);
        assertThat(second.command()).isNull();
    }

    @Test
    void no_class_name_is_stored() {
        String id = newId();
        for (int i = 0; i < 6; i++) {
            send(id, put(1), withCommandId("c-" + i));
        }

        assertThat(stored(id)).hasSize(6)
                .allSatisfy(event -> assertThat(event.envelope().toString())
                        .doesNotContain("dev.allframe.runtime.Wallets"));
    }

    @Guarantee("G4")
    @Test
    void a_writer_that_is_stale_is_refused_reloads_and_goes_on() {
        String id = newId();
        send(id, put(1)).orThrow();
        EventStore<WalletEvent> beside = EventStore.of(allFrame().backend(), WALLET, JacksonEventCodec.of(WALLET));
        beside.append(id, ExpectedVersion.exactly(1), List.of(wasPut(10))).toCompletableFuture().join();

        CommandResult<WalletEvent> stale = send(id, put(100));

        assertThat(stale).isInstanceOf(CommandResult.Failed.class);
        CommandError error = ((CommandResult.Failed<WalletEvent>) stale).error();
        assertThat(error).isInstanceOf(CommandError.AnotherWriter.class);
        assertThat(error.message()).contains("expected=1 actual=2");
        assertThat(error.retryable()).as("it is known that nothing was stored").isTrue();
        assertThat(send(id, take(11)).orThrow().sequenceNr()).as("the state has what the other writer stored")
                .isEqualTo(3);
    }

    @Guarantee("G5")
    @Test
    void a_repeat_whose_events_were_deleted_says_so_and_has_version_and_token() {
        String id = newId();
        CommandResult.Accepted<WalletEvent> first = send(id, put(1), withCommandId("c-1")).orThrow();
        allFrame().backend().deleteEventsTo(StreamId.of("wallet", id), 1).toCompletableFuture().join();

        CommandResult<WalletEvent> repeated = send(id, put(1), withCommandId("c-1"));

        assertThat(repeated)
                .isEqualTo(new CommandResult.Accepted<WalletEvent>(List.of(), 1, first.token(), 1));
    }

    @Test
    void the_token_names_the_store() {
        assertThat(send(newId(), put(1)).orThrow().token().storeId()).isEqualTo(allFrame().backend().storeId());
    }

    @Test
    void all_events_can_be_read_in_position_order_without_actors() {
        String id = newId();
        send(id, put(1));
        send(id, put(2));

        List<RecordedEvent<WalletEvent>> events = allFrame().eventStore(WALLET)
                .streamAllEvents(Position.START)
                .filter(event -> event.id().equals(id))
                .toList();

        assertThat(events).extracting(RecordedEvent::event).containsExactly(wasPut(1), wasPut(2));
        assertThat(allFrame().backend()
                .getAllEvents(EventFilter.tag("out"), Position.START, 1000)
                .toCompletableFuture()
                .join()
                .events())
                .allSatisfy(event -> assertThat(event.envelope().eventType()).endsWith(".taken"));
    }
}
