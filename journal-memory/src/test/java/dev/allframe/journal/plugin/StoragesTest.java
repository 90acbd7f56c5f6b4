package dev.allframe.journal.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.allframe.store.Append;
import dev.allframe.store.BackendAccess;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.state.DurableStateStoreRegistry;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who shares a store with whom, and when it is closed. */
class StoragesTest {

    private static final StreamId STREAM = StreamId.of("account", "1");

    private final List<ActorSystem> systems = new ArrayList<>();

    @AfterEach
    void stopSystems() {
        systems.forEach(TestKit::shutdownActorSystem);
    }

    @Test
    void the_plugins_of_a_root_share_one_backend() {
        ActorSystem system = start("");
        EventStoreBackend backend = Storages.get(system).backend("inmemory");

        assertThat(PersistenceQuery.get(system).getReadJournalFor(BackendReadJournal.class, "inmemory.query").backend())
                .isSameAs(backend);
        assertThat(DurableStateStoreRegistry.get(system)
                .getDurableStateStoreFor(BackendDurableStateStore.class, "inmemory.state"))
                .isInstanceOfSatisfying(BackendAccess.class, access -> assertThat(access.backend()).isSameAs(backend));
        assertThat(Storages.get(system).backendOf("inmemory.journal")).isSameAs(backend);
    }

    @Test
    void a_copy_of_the_section_is_another_store() {
        ActorSystem system = start("""
                audit = ${inmemory}
                audit.query.journal-plugin = "audit.journal"
                """);
        EventStoreBackend first = Storages.get(system).backend("inmemory");
        EventStoreBackend second = Storages.get(system).backend("audit");

        append(second, 1);

        assertThat(first.stats().events()).isZero();
        assertThat(second.stats().events()).isEqualTo(1);
        assertThat(PersistenceQuery.get(system).getReadJournalFor(BackendReadJournal.class, "audit.query").backend())
                .isSameAs(second);
    }

    @Test
    void systems_have_stores_of_their_own() {
        assertThat(Storages.get(start("")).backend("inmemory"))
                .isNotSameAs(Storages.get(start("")).backend("inmemory"));
    }

    @Test
    void systems_that_use_one_name_share_a_store_until_the_last_terminates() {
        String shared = "inmemory.shared-as = cluster-1";
        ActorSystem first = start(shared);
        ActorSystem second = start(shared);
        ActorSystem other = start("inmemory.shared-as = cluster-2");
        EventStoreBackend backend = Storages.get(first).backend("inmemory");
        append(backend, 1);

        assertThat(Storages.get(second).backend("inmemory")).isSameAs(backend);
        assertThat(Storages.get(other).backend("inmemory")).isNotSameAs(backend);

        TestKit.shutdownActorSystem(first);
        append(backend, 2);

        TestKit.shutdownActorSystem(second);
        assertThatThrownBy(() -> append(backend, 3)).hasCauseInstanceOf(StoreClosedException.class);
        assertThat(Storages.get(start(shared)).backend("inmemory").stats().events()).isZero();
    }

    @Test
    void a_shared_store_has_one_configuration() {
        ActorSystem first = start("inmemory.shared-as = limited");
        assertThat(Storages.get(first).backend("inmemory").stats().capacityEvents()).isEqualTo(Long.MAX_VALUE);
        ActorSystem second = start("inmemory.shared-as = limited, inmemory.max-events = 5");

        assertThatThrownBy(() -> Storages.get(second).backend("inmemory")).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shared as 'limited'");
    }

    @Test
    void the_store_is_closed_with_its_system() {
        ActorSystem system = start("");
        EventStoreBackend backend = Storages.get(system).backend("inmemory");

        TestKit.shutdownActorSystem(system);

        assertThatThrownBy(() -> append(backend, 1)).hasCauseInstanceOf(StoreClosedException.class);
    }

    @Test
    void views_belong_to_a_storage_and_a_system_and_are_closed_before_their_backend() {
        ActorSystem system = start(
                "audit = ${inmemory}\naudit.views = \"" + BackendOpenWhenClosed.class.getName() + "\"");
        Storages storages = Storages.get(system);
        ViewStore views = storages.views("inmemory");
        assertThat(storages.views("inmemory")).isSameAs(views);
        assertThat(Storages.get(start("")).views("inmemory")).isNotSameAs(views);
        views.create("balances");
        storages.views("audit");

        TestKit.shutdownActorSystem(system);

        assertThatThrownBy(views::views).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(() -> storages.views("inmemory")).isInstanceOf(StoreClosedException.class);
        assertThat(BackendOpenWhenClosed.CLOSED).hasValue(true);
    }

    /** Notes when it is closed whether its backend still takes events. */
    public static final class BackendOpenWhenClosed implements ViewStoreProvider {

        static final AtomicReference<@Nullable Boolean> CLOSED = new AtomicReference<>();

        @Override
        public ViewStore open(ActorSystem system, StorageSettings settings, EventStoreBackend backend) {
            InvocationHandler handler = (proxy, method, arguments) -> {
                CLOSED.set(method.getName().equals("close") && backend.changesRefused() == null);
                return null;
            };
            return (ViewStore) Proxy.newProxyInstance(ViewStore.class.getClassLoader(), new Class<?>[]{ViewStore.class},
                    handler);
        }
    }

    @Test
    void a_storage_without_a_provider_of_views_keeps_them_in_memory_and_one_with_a_wrong_one_none() {
        Storages storages = Storages.get(
                start("""
                        without { provider = ${inmemory.provider}, max-events = unlimited, max-record-size = 1MiB, shared-as = "" }
                        wrong = ${inmemory}
                        wrong.views = java.lang.String
                        """));

        assertThatThrownBy(() -> storages.views("nowhere")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nowhere.provider");
        assertThat(storages.views("without")).isInstanceOf(MemoryViewStore.class).isSameAs(storages.views("without"));
        assertThatThrownBy(() -> storages.views("wrong")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("wrong\\.views = java\\.lang\\.String must be a class that implements"
                        + " .+ViewStoreProvider and has a public constructor without parameters");
        assertThat(storages.backend("wrong").changesRefused()).isNull();
    }

    @Test
    void an_unknown_root_a_wrong_provider_and_a_plugin_without_a_root_are_refused() {
        Storages storages = Storages.get(start("wrong { provider = java.lang.String }"));

        assertThatThrownBy(() -> storages.backend("nowhere")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nowhere.provider");
        assertThatThrownBy(() -> storages.backend("wrong")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String")
                .hasMessageContaining("BackendProvider");
        assertThatThrownBy(() -> storages.backendOf("journal")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("inmemory.journal");
    }

    private ActorSystem start(String config) {
        ActorSystem system = ActorSystem.create("storages", ConfigFactory.parseString(config)
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve());
        systems.add(system);
        return system;
    }

    private static void append(EventStoreBackend backend, long sequenceNr) {
        Envelope record = Envelope.of("account.opened", 1, Payload.json("{}".getBytes(StandardCharsets.UTF_8)),
                Set.of(), EventMetadata.at(Instant.EPOCH), null);
        backend.append(new Append(STREAM, ExpectedVersion.exactly(sequenceNr - 1), "test", List.of(record)))
                .toCompletableFuture()
                .join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "10001"})
    void a_page_that_no_store_gives_is_refused(String size) {
        ActorSystem system = start("inmemory.query.page-size = " + size);
        ActorSystem other = start("inmemory.state.page-size = " + size);

        assertThatThrownBy(() -> PersistenceQuery.get(system)
                .getReadJournalFor(BackendReadJournal.class, "inmemory.query"))
                .hasStackTraceContaining("inmemory.query.page-size = " + size + " must be 1 to 10000");
        assertThatThrownBy(() -> DurableStateStoreRegistry.get(other)
                .getDurableStateStoreFor(BackendDurableStateStore.class, "inmemory.state"))
                .hasStackTraceContaining("inmemory.state.page-size = " + size + " must be 1 to 10000");
    }
}
