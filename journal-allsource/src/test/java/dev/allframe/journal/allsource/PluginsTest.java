package dev.allframe.journal.allsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.plugin.Storages;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StoreLockedException;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The store behind the plugins: who opens it, who is refused, and when it is closed. */
final class PluginsTest {

    private final List<ActorSystem> systems = new ArrayList<>();

    @AfterEach
    void stopSystems() {
        systems.forEach(TestKit::shutdownActorSystem);
    }

    private ActorSystem start(String name, Config config) {
        ActorSystem system = ActorSystem.create(name, config.withFallback(ConfigFactory.load()));
        systems.add(system);
        return system;
    }

    private static EventStoreBackend store(ActorSystem system) {
        return Storages.get(system).backend("allsource");
    }

    @Test
    void several_systems_of_a_process_have_stores_of_their_own() {
        EventStoreBackend first = store(start("first", Stores.inNewDirectory()));
        EventStoreBackend second = store(start("second", Stores.inNewDirectory()));

        assertThat(first.storeId()).isNotEqualTo(second.storeId());
        assertThat(first.stats().durability()).isEqualTo("fsync");
    }

    @Guarantee({"G4", "G10"})
    @Test
    void a_second_owner_of_a_directory_is_refused_and_told_who_has_it() {
        Path directory = Stores.newDirectory();
        store(start("first", Stores.in(directory)));

        assertThatThrownBy(() -> store(start("second", Stores.in(directory))))
                .isInstanceOf(StoreLockedException.class)
                .hasMessageContaining("is open already, by actor system 'first', process "
                        + ProcessHandle.current().pid());
    }

    @Test
    void a_store_is_closed_with_its_system_and_opened_by_the_next() {
        Path directory = Stores.newDirectory();
        ActorSystem first = start("first", Stores.in(directory));
        String storeId = store(first).storeId();
        TestKit.shutdownActorSystem(first);

        assertThat(store(start("second", Stores.in(directory))).storeId()).isEqualTo(storeId);
    }

    @Test
    void views_are_kept_beside_the_events() {
        Path directory = Stores.newDirectory();
        ActorSystem first = start("first", Stores.in(directory));
        ViewStore views = Storages.get(first).views("allsource");
        try (ViewTables made = views.create("balances")) {
            made.flush();
        }
        views.serve("balances", 1);
        assertThat(directory.resolve("views/balances/1")).isDirectory();
        TestKit.shutdownActorSystem(first);
        assertThatThrownBy(views::views).isInstanceOf(StoreClosedException.class);

        ActorSystem second = start("second", Stores.in(directory));
        assertThat(Storages.get(second).views("allsource").served("balances")).hasValue(1);

        ActorSystem small = start("small",
                ConfigFactory.parseString("allsource.views-memory = 1MiB").withFallback(Stores.inNewDirectory()));
        assertThatThrownBy(() -> Storages.get(small).views("allsource"))
                .hasMessage("allsource.views-memory = 1MiB must be 8MiB or more");
    }

    @Guarantee("G10")
    @Test
    void a_wrong_configuration_is_refused_in_one_sentence() {
        assertThatThrownBy(() -> store(start("nowhere", ConfigFactory.empty())))
                .hasMessage(
                        "the durable store needs a directory: set allsource.dir");
        assertThatThrownBy(() -> store(start("sometimes",
                ConfigFactory.parseString("allsource.durability = 100ms").withFallback(Stores.inNewDirectory()))))
                .hasMessageStartingWith("allsource.durability = 100ms must be fsync")
                .hasMessageEndingWith("Remove the key, or set it to fsync");
        assertThatThrownBy(() -> store(start("small",
                ConfigFactory.parseString("allsource.memory = 1MiB").withFallback(Stores.inNewDirectory()))))
                .hasMessage("allsource.memory = 1MiB must be 64MiB or more");
    }
}
