package dev.allframe.journal.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentEventsByTagQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentLastSequenceNumberByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentPersistenceIdsQuery;
import org.apache.pekko.persistence.query.javadsl.EventsByPersistenceIdQuery;
import org.apache.pekko.persistence.query.javadsl.EventsByTagQuery;
import org.apache.pekko.persistence.query.javadsl.PagedPersistenceIdsQuery;
import org.apache.pekko.persistence.query.javadsl.PersistenceIdsQuery;
import org.apache.pekko.persistence.query.javadsl.ReadJournal;
import org.apache.pekko.persistence.query.typed.javadsl.CurrentEventsBySliceQuery;
import org.apache.pekko.persistence.query.typed.javadsl.EventTimestampQuery;
import org.apache.pekko.persistence.query.typed.javadsl.EventsBySliceQuery;
import org.apache.pekko.persistence.query.typed.javadsl.LoadEventQuery;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a read journal must do. Each test has an entity type and a tag of its own, so that it does not see the events of
 * others.
 */
public abstract class ReadJournalConformance extends PluginConformance {

    private static final int ALL = 1023;

    private final JournalClient client;
    private final ReadJournal journal;
    private String type = "";
    private String tag = "";
    private String id = "";

    /**
     * A suite for one plugin.
     *
     * @param config the configuration of the actor system, over the reference configurations on the class path
     * @param journalPluginId the journal that writes
     * @param queryPluginId which read journal is tested
     * @param javadsl its class for Java
     */
    protected ReadJournalConformance(Config config, String journalPluginId, String queryPluginId,
            Class<? extends ReadJournal> javadsl) {
        super(config);
        client = new JournalClient(system, Persistence.get(system).journalFor(journalPluginId, ConfigFactory.empty()));
        journal = PersistenceQuery.get(system).getReadJournalFor(javadsl, queryPluginId);
    }

    @BeforeEach
    void chooseFreshNames() {
        type = "type-" + UUID.randomUUID();
        tag = "tag-" + UUID.randomUUID();
        id = freshId(type);
    }

    @Test
    void current_events_of_an_id_are_those_that_there_are() throws Exception {
        client.write(id, 1, "a", "b", "c");

        assertThat(all(current(id, 0, Long.MAX_VALUE))).containsExactly("a", "b", "c");
    }

    @Test
    void current_events_of_an_id_keep_to_both_bounds() throws Exception {
        client.write(id, 1, "a", "b", "c", "d");

        assertThat(all(current(id, 2, 3))).containsExactly("b", "c");
        assertThat(all(current(id, 0, 0))).isEmpty();
        assertThat(all(current(id, 3, 2))).isEmpty();
        assertThat(all(current(id, 5, Long.MAX_VALUE))).isEmpty();
    }

    @Test
    void current_events_of_an_id_do_not_grow_while_they_are_read() throws Exception {
        client.write(id, 1, "a", "b", "c");
        try (Probe<EventEnvelope> probe = Probe.of(current(id, 0, Long.MAX_VALUE), system)) {
            assertThat(probe.next().event()).isEqualTo("a");

            client.write(id, 4, "d");

            assertThat(probe.next().event()).isEqualTo("b");
            assertThat(probe.next().event()).isEqualTo("c");
            probe.expectComplete();
        }
    }

    @Test
    void current_events_of_an_unknown_id_are_none() throws Exception {
        assertThat(all(current(freshId(type), 0, Long.MAX_VALUE))).isEmpty();
    }

    @Test
    void current_events_of_an_id_leave_deleted_ones_out() throws Exception {
        client.write(id, 1, "a", "b", "c");

        client.delete(id, 2);
        assertThat(all(current(id, 0, Long.MAX_VALUE))).containsExactly("c");
        assertThat(all(current(id, 0, 2))).isEmpty();

        client.delete(id, Long.MAX_VALUE);
        assertThat(all(current(id, 0, Long.MAX_VALUE))).isEmpty();
        assertThat(all(current(id, 0, 0))).isEmpty();
    }

    @Test
    void events_of_an_id_have_their_sequence_number_timestamp_and_metadata() throws Exception {
        long before = System.currentTimeMillis();
        client.write(List.of(JournalClient.together(client.event(id, 1, "a").withMetadata("metadata"))));

        EventEnvelope envelope = await(current(id, 0, 10).runWith(Sink.head(), system));

        assertThat(envelope.persistenceId()).isEqualTo(id);
        assertThat(envelope.sequenceNr()).isEqualTo(1);
        assertThat(envelope.timestamp()).isBetween(before, System.currentTimeMillis());
        assertThat(envelope.getEventMetaData()).contains("metadata");
    }

    @Test
    void a_long_stream_is_read_in_order() throws Exception {
        Object[] payloads = IntStream.rangeClosed(1, 2_100).mapToObj(Integer::toString).toArray();
        client.write(id, 1, payloads);

        assertThat(all(current(id, 0, Long.MAX_VALUE))).containsExactly(payloads);
        try (Probe<EventEnvelope> probe = Probe.of(live(id, 1, 2_100), system)) {
            assertThat(payloads(probe.next(2_100))).containsExactly(payloads);
            probe.expectComplete();
        }
    }

    @Test
    void live_events_of_an_id_go_on_with_new_ones() throws Exception {
        client.write(id, 1, "a", "b");
        try (Probe<EventEnvelope> probe = Probe.of(live(id, 0, Long.MAX_VALUE), system)) {
            assertThat(payloads(probe.next(2))).containsExactly("a", "b");

            client.write(freshId(type), 1, "other");
            client.write(id, 3, "c", "d");

            assertThat(payloads(probe.next(2))).containsExactly("c", "d");
        }
    }

    @Test
    void live_events_of_an_id_complete_behind_the_upper_bound() throws Exception {
        client.write(id, 1, "a", "b");
        try (Probe<EventEnvelope> probe = Probe.of(live(id, 0, 3), system)) {
            assertThat(payloads(probe.next(2))).containsExactly("a", "b");

            client.write(id, 3, "c", "d");

            assertThat(probe.next().event()).isEqualTo("c");
            probe.expectComplete();
        }
    }

    @Test
    void live_events_of_an_id_complete_behind_an_upper_bound_that_was_deleted() throws Exception {
        client.write(id, 1, "a", "b", "c");
        client.delete(id, 2);

        try (Probe<EventEnvelope> probe = Probe.of(live(id, 0, 2), system)) {
            probe.expectComplete();
        }
    }

    @Test
    void live_events_of_an_id_that_nobody_has_written_begin_with_its_first() throws Exception {
        try (Probe<EventEnvelope> probe = Probe.of(live(id, 0, Long.MAX_VALUE), system)) {
            CompletionStage<Optional<EventEnvelope>> first = probe.ask();

            client.write(id, 1, "a");

            assertThat(await(first)).map(EventEnvelope::event).contains("a");
        }
    }

    @Test
    void live_events_of_an_id_that_come_before_there_is_demand_are_not_lost() throws Exception {
        try (Probe<EventEnvelope> probe = Probe.of(live(id, 0, Long.MAX_VALUE), system)) {
            for (int i = 1; i <= 100; i++) {
                client.write(id, i, Integer.toString(i));
            }

            assertThat(probe.next(100)).extracting(EventEnvelope::sequenceNr)
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, 100).boxed().toList());
        }
    }

    @Test
    void the_last_sequence_number_of_an_id_never_falls() throws Exception {
        CurrentLastSequenceNumberByPersistenceIdQuery last = as(CurrentLastSequenceNumberByPersistenceIdQuery.class);
        assertThat(await(last.currentLastSequenceNumberByPersistenceId(id))).isEmpty();

        client.write(id, 1, "a", "b");
        assertThat(await(last.currentLastSequenceNumberByPersistenceId(id))).contains(2L);

        client.delete(id, Long.MAX_VALUE);
        assertThat(await(last.currentLastSequenceNumberByPersistenceId(id))).contains(2L);
    }

    @Test
    void current_events_with_a_tag_come_in_the_order_of_their_writes() throws Exception {
        String other = freshId(type);
        client.write(id, 1, tagged("a"));
        client.write(other, 1, "not tagged", tagged("b"), new Tagged("c", Set.of("another")));
        client.write(id, 2, new Tagged("d", Set.of("another", tag)));

        List<EventEnvelope> found = await(currentByTag(Offset.noOffset()).runWith(Sink.seq(), system));

        assertThat(found).extracting(EventEnvelope::event).containsExactly("a", "b", "d");
        assertThat(found).extracting(EventEnvelope::persistenceId).containsExactly(id, other, id);
        assertThat(found).extracting(EventEnvelope::sequenceNr).containsExactly(1L, 2L, 2L);
    }

    @Test
    void current_events_with_a_tag_begin_behind_the_offset() throws Exception {
        client.write(id, 1, tagged("a"), tagged("b"), tagged("c"));
        List<EventEnvelope> found = await(currentByTag(Offset.noOffset()).runWith(Sink.seq(), system));

        assertThat(all(currentByTag(found.get(0).offset()))).containsExactly("b", "c");
        assertThat(all(currentByTag(found.get(2).offset()))).isEmpty();
        assertThat(all(currentByTag(Offset.sequence(0)))).containsExactly("a", "b", "c");
    }

    @Test
    void current_events_with_a_tag_do_not_grow_while_they_are_read() throws Exception {
        client.write(id, 1, tagged("a"), tagged("b"));
        try (Probe<EventEnvelope> probe = Probe.of(currentByTag(Offset.noOffset()), system)) {
            assertThat(probe.next().event()).isEqualTo("a");

            client.write(id, 3, tagged("c"));

            assertThat(probe.next().event()).isEqualTo("b");
            probe.expectComplete();
        }
    }

    @Test
    void current_events_with_a_tag_that_nobody_uses_are_none() throws Exception {
        assertThat(all(currentByTag(Offset.noOffset()))).isEmpty();
    }

    @Test
    void live_events_with_a_tag_go_on_with_new_ones() throws Exception {
        client.write(id, 1, tagged("a"));
        try (Probe<EventEnvelope> probe = Probe.of(liveByTag(Offset.noOffset()), system)) {
            assertThat(probe.next().event()).isEqualTo("a");
            CompletionStage<Optional<EventEnvelope>> next = probe.ask();

            client.write(freshId(type), 1, "not tagged", tagged("b"));
            client.write(id, 2, tagged("c"));

            assertThat(await(next)).map(EventEnvelope::event).contains("b");
            assertThat(probe.next().event()).isEqualTo("c");
        }
    }

    @Test
    void live_events_with_a_tag_begin_behind_the_offset() throws Exception {
        client.write(id, 1, tagged("a"), tagged("b"));
        Offset first = await(currentByTag(Offset.noOffset()).runWith(Sink.head(), system)).offset();

        try (Probe<EventEnvelope> probe = Probe.of(liveByTag(first), system)) {
            assertThat(probe.next().event()).isEqualTo("b");
            client.write(id, 3, tagged("c"));
            assertThat(probe.next().event()).isEqualTo("c");
        }
    }

    @Test
    void offsets_of_another_kind_are_refused() {
        Offset time = Offset.timeBasedUUID(UUID.fromString("49225740-2019-11ea-a752-ffae2393b6e4"));

        Throwable refusal = catchThrowable(() -> await(currentByTag(time).runWith(Sink.seq(), system)));

        Throwable reason = refusal instanceof ExecutionException failed ? failed.getCause() : refusal;
        assertThat(reason).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("TimeBasedUUID");
    }

    @Test
    void current_ids_are_each_there_once() throws Exception {
        String other = freshId(type);
        client.write(id, 1, "a", "b");
        client.write(other, 1, "c");
        client.write(id, 3, "d");

        List<String> ids = await(as(CurrentPersistenceIdsQuery.class).currentPersistenceIds()
                .filter(any -> any.startsWith(type))
                .runWith(Sink.seq(), system));

        assertThat(ids).containsExactlyInAnyOrder(id, other);
    }

    @Test
    void live_ids_are_those_that_there_are_and_those_that_come_each_once() throws Exception {
        client.write(id, 1, "a");
        try (Probe<String> probe = Probe.of(
                as(PersistenceIdsQuery.class).persistenceIds().filter(any -> any.startsWith(type)), system)) {
            assertThat(probe.next()).isEqualTo(id);
            CompletionStage<Optional<String>> next = probe.ask();
            String second = freshId(type);
            String third = freshId(type);

            client.write(id, 2, "b");
            client.write(second, 1, "c", "d");
            client.write(id, 3, "e");
            client.write(third, 1, "f");

            assertThat(await(next)).contains(second);
            assertThat(probe.next()).isEqualTo(third);
        }
    }

    @Test
    void ids_can_be_read_in_pages() throws Exception {
        PagedPersistenceIdsQuery paged = as(PagedPersistenceIdsQuery.class);
        for (String name : List.of("c", "a", "d", "b")) {
            client.write(type + "|" + name, 1, "x");
        }

        assertThat(await(paged.currentPersistenceIds(Optional.of(type + "|"), 3).runWith(Sink.seq(), system)))
                .containsExactly(type + "|a", type + "|b", type + "|c");
        assertThat(await(paged.currentPersistenceIds(Optional.of(type + "|c"), 1).runWith(Sink.seq(), system)))
                .containsExactly(type + "|d");
    }

    @Test
    void current_events_of_slices_are_those_of_the_type_in_the_range() throws Exception {
        client.write(id, 1, "a", "b");
        client.write(freshId("other-" + type), 1, "not of the type");
        int slice = as(EventsBySliceQuery.class).sliceForPersistenceId(id);

        assertThat(typed(bySlices(0, ALL, Offset.noOffset()))).containsExactly("a", "b");
        assertThat(typed(bySlices(slice, slice, Offset.noOffset()))).containsExactly("a", "b");
        assertThat(typed(slice == 0 ? bySlices(1, ALL, Offset.noOffset()) : bySlices(0, slice - 1, Offset.noOffset())))
                .isEmpty();
    }

    @Test
    void every_event_is_in_exactly_one_of_the_slice_ranges() throws Exception {
        for (int i = 0; i < 100; i++) {
            client.write(type + "|" + i, 1, Integer.toString(i));
        }

        List<Pair<Integer, Integer>> ranges = as(EventsBySliceQuery.class).sliceRanges(8);
        int found = 0;
        for (Pair<Integer, Integer> range : ranges) {
            found += typed(bySlices(range.first(), range.second(), Offset.noOffset())).size();
        }

        assertThat(ranges).hasSize(8);
        assertThat(found).isEqualTo(100);
    }

    @Test
    void current_events_of_slices_begin_behind_the_offset_and_know_their_place() throws Exception {
        client.write(List.of(JournalClient.together(client.event(id, 1, "a").withMetadata("metadata")),
                JournalClient.together(client.event(id, 2, "b"))));

        var found = await(bySlices(0, ALL, Offset.noOffset()).runWith(Sink.seq(), system));

        assertThat(found).extracting(envelope -> envelope.sequenceNr()).containsExactly(1L, 2L);
        assertThat(found.getFirst().persistenceId()).isEqualTo(id);
        assertThat(found.getFirst().entityType()).isEqualTo(type);
        assertThat(found.getFirst().slice()).isEqualTo(as(EventsBySliceQuery.class).sliceForPersistenceId(id));
        assertThat(found.getFirst().getEventMetaData()).contains("metadata");
        assertThat(typed(bySlices(0, ALL, found.getFirst().offset()))).containsExactly("b");
        assertThat(typed(bySlices(0, ALL, found.get(1).offset()))).isEmpty();
    }

    @Test
    void live_events_of_slices_go_on_with_new_ones() throws Exception {
        client.write(id, 1, "a");
        var live = as(EventsBySliceQuery.class).<Object>eventsBySlices(type, 0, ALL, Offset.noOffset());
        try (var probe = Probe.of(live, system)) {
            assertThat(probe.next().event()).isEqualTo("a");
            var next = probe.ask();

            client.write(freshId("other-" + type), 1, "not of the type");
            client.write(id, 2, "b");
            client.write(freshId(type), 1, "c");

            assertThat(await(next)).map(envelope -> envelope.event()).contains("b");
            assertThat(probe.next().event()).isEqualTo("c");
        }
    }

    @Test
    void an_event_and_its_timestamp_can_be_looked_up() throws Exception {
        client.write(id, 1, "a", "b");
        client.delete(id, 1);

        var event = await(as(LoadEventQuery.class).<Object>loadEnvelope(id, 2));

        assertThat(event.event()).isEqualTo("b");
        assertThat(event.offset())
                .isEqualTo(await(current(id, 2, 2).runWith(Sink.head(), system)).offset());
        assertThat(await(as(EventTimestampQuery.class).timestampOf(id, 2)).orElseThrow().toEpochMilli())
                .isEqualTo(event.timestamp());
        assertThat(await(as(EventTimestampQuery.class).timestampOf(id, 1))).isEmpty();
        assertThat(await(as(EventTimestampQuery.class).timestampOf(id, 3))).isEmpty();
        assertThatThrownBy(() -> await(as(LoadEventQuery.class).<Object>loadEnvelope(id, 3)))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(NoSuchElementException.class);
    }

    @Test
    void rejected_events_are_nowhere_to_be_seen() throws Exception {
        client.write(id, 1, tagged("a"), new Tagged(new Object(), Set.of(tag)), tagged("c"));

        assertThat(all(current(id, 0, Long.MAX_VALUE))).containsExactly("a", "c");
        assertThat(all(currentByTag(Offset.noOffset()))).containsExactly("a", "c");
        assertThat(typed(bySlices(0, ALL, Offset.noOffset()))).containsExactly("a", "c");
        assertThat(await(as(EventTimestampQuery.class).timestampOf(id, 2))).isEmpty();
    }

    private Tagged tagged(Object payload) {
        return new Tagged(payload, Set.of(tag));
    }

    private Source<EventEnvelope, NotUsed> current(String of, long from, long to) {
        return as(CurrentEventsByPersistenceIdQuery.class).currentEventsByPersistenceId(of, from, to);
    }

    private Source<EventEnvelope, NotUsed> live(String of, long from, long to) {
        return as(EventsByPersistenceIdQuery.class).eventsByPersistenceId(of, from, to);
    }

    private Source<EventEnvelope, NotUsed> currentByTag(Offset offset) {
        return as(CurrentEventsByTagQuery.class).currentEventsByTag(tag, offset);
    }

    private Source<EventEnvelope, NotUsed> liveByTag(Offset offset) {
        return as(EventsByTagQuery.class).eventsByTag(tag, offset);
    }

    private Source<org.apache.pekko.persistence.query.typed.EventEnvelope<Object>, NotUsed> bySlices(int min, int max,
            Offset offset) {
        return as(CurrentEventsBySliceQuery.class).currentEventsBySlices(type, min, max, offset);
    }

    private List<Object> all(Source<EventEnvelope, NotUsed> source) throws Exception {
        return payloads(await(source.runWith(Sink.seq(), system)));
    }

    private static List<Object> payloads(List<EventEnvelope> envelopes) {
        return envelopes.stream().map(EventEnvelope::event).toList();
    }

    private List<Object> typed(Source<org.apache.pekko.persistence.query.typed.EventEnvelope<Object>, NotUsed> source)
            throws Exception {
        return await(source.map(envelope -> envelope.event()).runWith(Sink.seq(), system));
    }

    /** The journal as one of the queries that it must offer. */
    private <Q> Q as(Class<Q> query) {
        return query.cast(journal);
    }
}
