package dev.allframe.runtime;

import static dev.allframe.runtime.CodeVersions.FIRST;
import static dev.allframe.runtime.CodeVersions.OF_KIND;
import static dev.allframe.runtime.CodeVersions.OF_MORE_KINDS;
import static dev.allframe.runtime.CodeVersions.SECOND;
import static dev.allframe.runtime.CodeVersions.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult;
import dev.allframe.evolution.Upcasters;
import dev.allframe.runtime.CodeVersions.First;
import dev.allframe.runtime.CodeVersions.Kind;
import dev.allframe.runtime.CodeVersions.MoreKinds;
import dev.allframe.runtime.CodeVersions.OfKind;
import dev.allframe.runtime.CodeVersions.OfMoreKinds;
import dev.allframe.runtime.CodeVersions.Open;
import dev.allframe.runtime.CodeVersions.Tolerant;
import dev.allframe.runtime.CodeVersions.TolerantOfOthers;
import dev.allframe.runtime.evolution.UnreadableStoreException;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.StorageUnavailableException;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import java.net.ConnectException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Code that does not fit what is stored does not start, and says why. An actor system stands for a storage, each
 * AllFrame on it for a version of the code.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Guarantee("G9")
final class StartCheckTest {

    private static final String OURS = "allframe.storage = memory";
    private static final String FOREIGN = "pekko.persistence.journal.plugin = pekko.persistence.journal.inmem";

    private static final String SCHEMAS = "allframe-schema|account";

    private static final AggregateType<Open, OfKind, Integer> OF_KIND_ONCE_FIRST = CodeVersions
            .aggregate("kinds", OfKind.class, () -> new OfKind(Kind.CASH));
    private static final AggregateType<Open, OfMoreKinds, Integer> OF_KIND_WIDENED = CodeVersions
            .aggregate("kinds", OfMoreKinds.class, () -> new OfMoreKinds(MoreKinds.CARD));

    private ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "none");

    @Stored("opened")
    record FirstWidened(@Nullable String owner) implements Event {}

    @Stored("opened")
    record FirstChanged(String holder) implements Event {}

    @Stored(value = "opened", version = 2)
    record SecondAlone(String owner, int limit) implements Event {}

    @Stored("closed")
    record Another(String owner) implements Event {}

    private static final AggregateType<Open, SecondAlone, Integer> SECOND_ALONE = account(SecondAlone.class,
            () -> new SecondAlone("Ann", 7));
    private static final AggregateType<Open, Another, Integer> ANOTHER = account(Another.class,
            () -> new Another("Ann"));

    private void on(String storage) {
        system.terminate();
        system = ActorSystem.create(Behaviors.empty(), "start-check",
                ConfigFactory.parseString(storage).withFallback(ConfigFactory.load()));
    }

    @AfterEach
    void terminate() {
        system.terminate();
    }

    private AllFrame start(AggregateType<?, ?, ?> type) {
        return AllFrame.on(system).aggregate(type).start();
    }

    /** Runs a version of the code that stores an event. */
    private <E extends Event> void store(AggregateType<Open, E, Integer> type) {
        try (AllFrame code = start(type)) {
            assertThat(code.commands().dispatchAndWait(type, "a", new Open("Ann")))
                    .isInstanceOf(CommandResult.Accepted.class);
        }
    }

    private List<String> refused(AggregateType<?, ?, ?> type) {
        UnreadableStoreException refused = catchThrowableOfType(UnreadableStoreException.class, () -> start(type));
        assertThat(refused).as("refused to start").isNotNull();
        refused.problems().forEach(problem -> assertThat(refused).hasMessageContaining(problem));
        return refused.problems();
    }

    @ParameterizedTest
    @ValueSource(strings = {OURS, FOREIGN})
    void code_that_cannot_read_a_version_is_refused_and_told_which(String storage) {
        on(storage);
        store(FIRST);

        assertThat(refused(SECOND_ALONE)).containsExactly("account.opened version 1 was stored, and this code cannot "
                + "read it: add @Since to what is new since then, or an upcaster, or start the code that has stored it");
        assertThat(refused(ANOTHER)).hasSize(1);
        store(FIRST);
    }

    @ParameterizedTest
    @ValueSource(strings = {OURS, FOREIGN})
    void code_that_reads_what_is_stored_starts(String storage) {
        on(storage);
        store(FIRST);
        store(SECOND);
        store(SECOND_ALONE.upcasting(Upcasters.from(First.class)
                .to(SecondAlone.class, first -> new SecondAlone(first.owner(), 5))));
        store(ANOTHER.upcasting(Upcasters.json("opened", 1).dropped(), Upcasters.json("opened", 2).dropped()));
    }

    @ParameterizedTest
    @ValueSource(strings = {OURS, FOREIGN})
    void older_code_is_refused_where_newer_has_stored(String storage) {
        on(storage);
        store(FIRST);
        store(SECOND);

        assertThat(refused(FIRST)).hasSize(1)
                .allSatisfy(problem -> assertThat(problem).startsWith("account.opened version 2 was stored"));
    }

    @ParameterizedTest
    @ValueSource(strings = {OURS, FOREIGN})
    void a_version_that_was_changed_after_it_was_stored_is_refused(String storage) {
        on(storage);
        store(FIRST);

        assertThat(refused(account(FirstChanged.class, () -> new FirstChanged("Ann")))).singleElement()
                .asString()
                .contains("account.opened version 1 was stored with another shape",
                        "what was stored: owner: is written, and is not known",
                        "what was stored: holder: is not written, and has no default there", "raise its version");
    }

    @ParameterizedTest
    @ValueSource(strings = {OURS, FOREIGN})
    void a_version_that_reads_all_that_it_read_before_starts(String storage) {
        on(storage);
        store(FIRST);

        store(account(FirstWidened.class, () -> new FirstWidened("Ann")));
    }

    @Test
    void older_code_may_start_again_where_newer_has_widened_a_version() {
        on(OURS + "\nallframe.schema-compatibility = none");
        store(OF_KIND);
        start(OF_MORE_KINDS).close();

        store(OF_KIND);

        on(OURS);
        store(OF_KIND);
        start(OF_MORE_KINDS).close();
        assertThat(refused(OF_KIND)).singleElement()
                .asString()
                .contains("what was stored: kind: may be CARD, which is not known",
                        "allframe.schema-compatibility = none starts it all the same");
    }

    @ParameterizedTest
    @ValueSource(strings = {OURS, FOREIGN})
    void what_was_never_stored_asks_for_nothing(String storage) {
        on(storage);
        start(FIRST).close();

        store(SECOND_ALONE);
    }

    @Test
    void older_code_that_could_not_read_what_is_stored_next_is_asked_for_where_the_configuration_says_so() {
        on(OURS + "\nallframe.schema-compatibility = full");
        store(FIRST);

        assertThat(refused(SECOND)).singleElement()
                .asString()
                .contains("account.opened version 2 cannot be read by code that knows account.opened version 1",
                        "limit: is written, and is not known");
    }

    @Test
    void newer_code_that_started_and_stored_nothing_lets_older_code_start_again() {
        on(FOREIGN);
        store(FIRST);
        start(SECOND).close();
        store(FIRST);

        store(OF_KIND_ONCE_FIRST);
        start(OF_KIND_WIDENED).close();
        store(OF_KIND_ONCE_FIRST);

        store(OF_KIND_WIDENED);
        assertThat(refused(OF_KIND_ONCE_FIRST)).singleElement()
                .asString()
                .contains("kinds.opened version 1 was stored with another shape");
    }

    @Test
    void a_version_is_recorded_before_its_first_event_is_stored_and_commands_wait_in_their_order() {
        HeldJournal.reset();
        on(HeldJournal.CONFIG);
        try (AllFrame code = start(FIRST)) {
            assertThat(HeldJournal.stored(SCHEMAS)).as("by starting").isZero();
            CompletableFuture<Void> held = HeldJournal.holdSchemas();
            List<CompletableFuture<CommandResult<First>>> results = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                results.add(code.commands().dispatch(FIRST, "a", new Open("Ann")).toCompletableFuture());
            }
            await().until(HeldJournal::isAskedForSchemas);
            assertThat(HeldJournal.stored("account|a")).isZero();

            held.complete(null);

            assertThat(results).extracting(result -> result.join().orThrow().sequenceNr())
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
            assertThat(HeldJournal.stored(SCHEMAS)).isEqualTo(1);
        }
    }

    @Test
    void a_journal_that_does_not_record_a_version_stores_no_event_of_it() {
        HeldJournal.reset();
        on(HeldJournal.CONFIG);
        HeldJournal.failSchemas(2);
        store(FIRST);
        assertThat(HeldJournal.stored(SCHEMAS)).as("at the third attempt").isEqualTo(1);

        try (AllFrame code = start(SECOND)) {
            HeldJournal.failSchemas(3);
            assertThat(code.commands().dispatchAndWait(SECOND, "a", new Open("Ann")))
                    .isInstanceOfSatisfying(CommandResult.Failed.class, failed -> {
                        assertThat(failed.error()).isInstanceOf(CommandError.StorageUnavailable.class);
                        assertThat(failed.error().message()).contains("no room");
                        assertThat(failed.error().retryable()).isTrue();
                    });
            assertThat(HeldJournal.stored("account|a")).isEqualTo(1);
            assertThat(code.commands().dispatchAndWait(SECOND, "a", new Open("Ann")))
                    .isInstanceOf(CommandResult.Accepted.class);
        }
    }

    @Test
    void an_instance_that_is_stopped_while_a_version_is_recorded_answers_what_waits() {
        HeldJournal.reset();
        on(HeldJournal.CONFIG);
        CompletableFuture<Void> held = HeldJournal.holdSchemas();
        List<CompletableFuture<CommandResult<First>>> results = new ArrayList<>();
        AllFrame code = start(FIRST);
        for (int i = 0; i < 3; i++) {
            results.add(code.commands().dispatch(FIRST, "a", new Open("Ann")).toCompletableFuture());
        }
        await().until(HeldJournal::isAskedForSchemas);
        system.terminate();

        assertThat(results).allSatisfy(result -> assertThat(result).succeedsWithin(Duration.ofSeconds(60))
                .isInstanceOf(CommandResult.Failed.class));
        held.complete(null);
        code.close();
    }

    @Test
    void a_journal_that_is_down_at_start_is_an_outage_with_its_cause() {
        HeldJournal.reset();
        on(HeldJournal.CONFIG);
        HeldJournal.failSchemaReads(new SQLTransientConnectionException("pool exhausted",
                new ConnectException("Connection to 127.0.0.1:5432 refused")));

        assertThatThrownBy(() -> start(FIRST)).isInstanceOf(StorageUnavailableException.class)
                .hasMessageContaining("Connection to 127.0.0.1:5432 refused");

        HeldJournal.failSchemaReads(null);
        store(FIRST);
    }

    static final class BrokenJournal extends AbstractActor {

        BrokenJournal() {
            throw new IllegalStateException("no driver");
        }

        @Override
        public Receive createReceive() {
            return emptyBehavior();
        }
    }

    @Test
    void a_journal_whose_plugin_does_not_start_is_an_outage_at_once() {
        on("""
                broken.class = "dev.allframe.runtime.StartCheckTest$BrokenJournal"
                pekko.persistence.journal.plugin = broken
                """);

        assertThatThrownBy(() -> start(FIRST)).isInstanceOf(StorageUnavailableException.class)
                .hasMessageContaining("journal plugin broken could not start, as the log says");
    }

    @Test
    void a_stream_of_schemas_that_is_not_understood_stops_the_start() {
        HeldJournal.reset();
        on(HeldJournal.CONFIG);
        HeldJournal.store(SCHEMAS, "somebody's own event");
        assertThat(refused(FIRST)).singleElement().asString().contains("the record is a java.lang.String");

        HeldJournal.reset();
        HeldJournal.store(SCHEMAS, Envelope.of("allframe-schema", 2, Payload.json(new byte[]{'{', '}'}), Set.of(),
                EventMetadata.at(Instant.EPOCH), null));
        assertThat(refused(FIRST)).singleElement()
                .asString()
                .contains("has a record 'allframe-schema' version 2, which this version of AllFrame does not know");

        HeldJournal.reset();
        HeldJournal.store(SCHEMAS, Envelope.of("allframe-schema", 1, Payload.json(new byte[]{'{', '}'}), Set.of(),
                EventMetadata.at(Instant.EPOCH), null));
        assertThat(refused(FIRST)).singleElement().asString().contains("cannot be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {OURS, FOREIGN})
    void older_code_that_ignores_what_it_does_not_know_starts_where_it_can_read_what_newer_code_has_stored(
            String storage) {
        on(storage);
        store(SECOND);

        store(account(Tolerant.class, () -> new Tolerant("Ann")));
        assertThat(refused(account(TolerantOfOthers.class, () -> new TolerantOfOthers("Ann", "Prague"))))
                .anySatisfy(problem -> assertThat(problem).contains("account.opened version 2 was stored by newer code",
                        "branch: is not written, and has no default there"));
    }

    @Test
    void who_hosts_instances_by_himself_is_held_against_the_store_too() {
        on(OURS);
        store(FIRST);

        try (AllFrame code = AllFrame.on(system).start()) {
            assertThatThrownBy(() -> code.behavior(SECOND_ALONE, "a")).isInstanceOf(UnreadableStoreException.class)
                    .hasMessageContaining("account.opened version 1 was stored");
            assertThat(code.behavior(FIRST, "a")).isNotNull();
            assertThatThrownBy(() -> code.behavior(SECOND, "a")).isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("is registered with other classes");
        }
    }

    @Test
    void an_unknown_compatibility_is_refused() {
        on(OURS + "\nallframe.schema-compatibility = sideways");

        assertThatThrownBy(() -> start(FIRST)).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("allframe.schema-compatibility = sideways must be none, backward");
    }
}
