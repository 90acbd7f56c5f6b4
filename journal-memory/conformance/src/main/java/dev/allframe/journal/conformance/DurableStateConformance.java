package dev.allframe.journal.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import dev.allframe.store.VersionConflictException;
import java.io.NotSerializableException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.persistence.query.DeletedDurableState;
import org.apache.pekko.persistence.query.DurableStateChange;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.UpdatedDurableState;
import org.apache.pekko.persistence.query.javadsl.DurableStateStorePagedPersistenceIdsQuery;
import org.apache.pekko.persistence.query.javadsl.DurableStateStoreQuery;
import org.apache.pekko.persistence.query.typed.javadsl.DurableStateStoreBySliceQuery;
import org.apache.pekko.persistence.state.DurableStateStoreRegistry;
import org.apache.pekko.persistence.state.javadsl.DurableStateStore;
import org.apache.pekko.persistence.state.javadsl.DurableStateUpdateStore;
import org.apache.pekko.persistence.state.javadsl.GetObjectResult;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a durable state store must do. Each test has an entity type and a tag of its own. */
public abstract class DurableStateConformance extends PluginConformance {

    private static final int ALL = 1023;

    private final DurableStateUpdateStore<Object> store;
    private String type = "";
    private String tag = "";
    private String id = "";

    /**
     * A suite for one plugin.
     *
     * @param config the configuration of the actor system, over the reference configurations on the class path
     * @param statePluginId which durable state store is tested
     */
    @SuppressWarnings("unchecked") // a store keeps any object
    protected DurableStateConformance(Config config, String statePluginId) {
        super(config);
        store = (DurableStateUpdateStore<Object>) DurableStateStoreRegistry.get(system)
                .getDurableStateStoreFor((Class<? extends DurableStateStore<?>>) (Class<?>) DurableStateStore.class,
                        statePluginId);
    }

    @BeforeEach
    void chooseFreshNames() {
        type = "type-" + UUID.randomUUID();
        tag = "tag-" + UUID.randomUUID();
        id = freshId(type);
    }

    @Test
    void finds_nothing_for_an_unknown_id() throws Exception {
        assertThat(get(id).value()).isEmpty();
        assertThat(get(id).revision()).isZero();
    }

    @Test
    void keeps_a_state() throws Exception {
        await(store.upsertObject(id, 1, "one", tag));

        assertState("one", 1);
    }

    @Test
    void replaces_a_state() throws Exception {
        await(store.upsertObject(id, 1, "one", tag));
        await(store.upsertObject(id, 2, "two", tag));

        assertState("two", 2);
    }

    @Test
    void deletes_a_state_and_remembers_its_revision() throws Exception {
        await(store.upsertObject(id, 1, "one", tag));
        await(store.deleteObject(id, 2));

        assertThat(get(id).value()).isEmpty();
        assertThat(get(id).revision()).isEqualTo(2);
    }

    @Test
    void keeps_ids_apart() throws Exception {
        String other = freshId(type);

        await(store.upsertObject(id, 1, "one", tag));
        await(store.upsertObject(other, 1, "other", tag));

        assertState("one", 1);
        assertThat(get(other).value()).contains("other");
    }

    @Test
    void keeps_a_state_after_a_delete() throws Exception {
        await(store.upsertObject(id, 1, "one", tag));
        await(store.deleteObject(id, 2));
        await(store.upsertObject(id, 3, "three", tag));

        assertState("three", 3);
    }

    @Test
    void refuses_a_delete_with_another_revision() throws Exception {
        await(store.upsertObject(id, 1, "one", tag));

        assertRefused(store.deleteObject(id, 99));
        assertRefused(store.deleteObject(id, 1));
        assertState("one", 1);
    }

    @Test
    void refuses_a_change_with_another_revision() throws Exception {
        await(store.upsertObject(id, 1, "one", tag));

        assertRefused(store.upsertObject(id, 1, "stale", tag));
        assertRefused(store.upsertObject(id, 3, "too far", tag));
        assertRefused(store.upsertObject(freshId(type), 2, "too far", tag));
        assertState("one", 1);
    }

    @Test
    void serializes_with_transport_information_and_keeps_the_serializers_manifest() throws Exception {
        ActorPayload payload = new ActorPayload(new TestKit(system).getRef());

        await(store.upsertObject(id, 1, payload, tag));

        assertState(payload, 1);
    }

    @Test
    @SuppressWarnings("deprecation") // the old form must work as long as Pekko has it
    void deletes_a_state_whatever_its_revision() throws Exception {
        await(store.upsertObject(id, 1, "one", tag));
        await(store.deleteObject(id));

        assertThat(get(id).value()).isEmpty();
        await(store.deleteObject(freshId(type)));
    }

    @Test
    void fails_to_keep_what_cannot_be_serialized() throws Exception {
        await(store.upsertObject(id, 1, "one", tag));

        assertThatThrownBy(() -> await(store.upsertObject(id, 2, new Object(), tag)))
                .hasRootCauseInstanceOf(NotSerializableException.class);
        assertState("one", 1);
    }

    @Test
    void current_changes_with_a_tag_are_the_last_of_each_id_in_order() throws Exception {
        String other = freshId(type);
        await(store.upsertObject(id, 1, "one", tag));
        await(store.upsertObject(other, 1, "other", tag));
        await(store.upsertObject(freshId(type), 1, "not tagged", ""));
        await(store.upsertObject(id, 2, "two", tag));
        await(store.deleteObject(other, 2));

        List<DurableStateChange<Object>> changes = currentChanges(Offset.noOffset());

        assertThat(changes).extracting(DurableStateConformance::text)
                .containsExactly(id + " two 2",
                        other + " deleted 2");
        assertThat(currentChanges(changes.getFirst().offset())).extracting(DurableStateConformance::text)
                .containsExactly(other + " deleted 2");
        assertThat(currentChanges(changes.getLast().offset())).isEmpty();
    }

    @Test
    void live_changes_with_a_tag_go_on_with_new_ones() throws Exception {
        await(store.upsertObject(id, 1, "one", tag));
        DurableStateStoreQuery<Object> query = as(DurableStateStoreQuery.class);
        var changes = query.changes(tag, Offset.noOffset());
        try (Probe<DurableStateChange<Object>> probe = Probe.of(changes, system)) {
            assertThat(text(probe.next())).isEqualTo(id + " one 1");
            var next = probe.ask();

            await(store.upsertObject(freshId(type), 1, "not tagged", ""));
            await(store.upsertObject(id, 2, "two", tag));

            assertThat(await(next)).map(DurableStateConformance::text).contains(id + " two 2");
            var last = probe.ask();
            await(store.deleteObject(id, 3));
            assertThat(await(last)).map(DurableStateConformance::text).contains(id + " deleted 3");
        }
    }

    @Test
    void changes_of_slices_are_those_of_the_type_in_the_range() throws Exception {
        DurableStateStoreBySliceQuery<Object> slices = as(DurableStateStoreBySliceQuery.class);
        await(store.upsertObject(id, 1, "one", ""));
        await(store.upsertObject(freshId("other-" + type), 1, "not of the type", ""));
        int slice = slices.sliceForPersistenceId(id);
        int elsewhere = (slice + 1) % (ALL + 1);

        assertThat(await(slices.currentChangesBySlices(type, slice, slice, Offset.noOffset())
                .runWith(Sink.seq(),
                        system)))
                .extracting(DurableStateConformance::text)
                .containsExactly(id + " one 1");
        assertThat(await(slices.currentChangesBySlices(type, elsewhere, elsewhere, Offset.noOffset())
                .runWith(Sink.seq(), system))).isEmpty();
        assertThat(slices.sliceRanges(4)).hasSize(4);
        try (Probe<DurableStateChange<Object>> probe = Probe
                .of(slices.changesBySlices(type, 0, ALL, Offset.noOffset()), system)) {
            assertThat(text(probe.next())).isEqualTo(id + " one 1");
            var next = probe.ask();
            await(store.upsertObject(id, 2, "two", ""));
            assertThat(await(next)).map(DurableStateConformance::text).contains(id + " two 2");
        }
    }

    @Test
    void ids_with_a_state_can_be_read_in_pages() throws Exception {
        for (String name : List.of("c", "a", "d", "b")) {
            await(store.upsertObject(type + "|" + name, 1, name, ""));
        }
        await(store.deleteObject(type + "|b", 2));
        DurableStateStorePagedPersistenceIdsQuery<Object> paged = as(DurableStateStorePagedPersistenceIdsQuery.class);

        assertThat(await(paged.currentPersistenceIds(Optional.of(type + "|"), 2).runWith(Sink.seq(), system)))
                .containsExactly(type + "|a", type + "|c");
        assertThat(await(paged.currentPersistenceIds(Optional.of(type + "|c"), 1).runWith(Sink.seq(), system)))
                .containsExactly(type + "|d");
    }

    private GetObjectResult<Object> get(String of) throws Exception {
        return await(store.getObject(of));
    }

    private void assertState(Object value, long revision) throws Exception {
        assertThat(get(id)).isEqualTo(new GetObjectResult<>(Optional.of(value), revision));
    }

    private static void assertRefused(CompletionStage<Done> change) {
        assertThatThrownBy(() -> await(change))
                .hasRootCauseInstanceOf(VersionConflictException.class);
    }

    private List<DurableStateChange<Object>> currentChanges(Offset offset) throws Exception {
        DurableStateStoreQuery<Object> query = as(DurableStateStoreQuery.class);
        return await(query.currentChanges(tag, offset).runWith(Sink.seq(), system));
    }

    private static String text(DurableStateChange<Object> change) {
        return switch (change) {
            case UpdatedDurableState<Object> updated ->
                updated.persistenceId() + " " + updated.value() + " " + updated.revision();
            case DeletedDurableState<Object> deleted -> deleted.persistenceId() + " deleted " + deleted.revision();
            default -> throw new AssertionError("unknown change: " + change);
        };
    }

    /** The store as one of the queries that it must offer. */
    @SuppressWarnings("unchecked") // a store keeps any object
    private <Q> Q as(Class<? super Q> query) {
        return (Q) query.cast(store);
    }
}
