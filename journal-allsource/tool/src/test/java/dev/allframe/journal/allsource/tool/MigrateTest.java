package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.journal.EventAdapter;
import org.apache.pekko.persistence.journal.EventSeq;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class MigrateTest {

    private static final String ADAPTERS = """
            event-adapters.numbers = "dev.allframe.journal.allsource.tool.MigrateTest$Numbers"
            event-adapter-bindings { "java.lang.Integer" = numbers, "java.lang.Long" = numbers }
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;

    /** Persists what it is told, and answers when that is stored. */
    static final class Writer extends AbstractPersistentActor {

        private final String id;

        Writer(String id) {
            this.id = id;
        }

        @Override
        public String persistenceId() {
            return id;
        }

        @Override
        public Receive createReceive() {
            return receiveBuilder().matchAny(event -> persist(event, stored -> getSender().tell("done", getSelf())))
                    .build();
        }

        @Override
        public Receive createReceiveRecover() {
            return receiveBuilder().matchAny(any -> {}).build();
        }
    }

    /** Stores an int as a long with a tag, and gives it out as an int again. */
    public static final class Numbers implements EventAdapter {

        /** Named by the configuration. */
        public Numbers(ExtendedActorSystem system) {
            assertThat(system.name()).isNotEmpty();
        }

        @Override
        public String manifest(Object event) {
            return "number";
        }

        @Override
        public Object toJournal(Object event) {
            return new Tagged(((Integer) event).longValue(), Set.of("numbers"));
        }

        @Override
        public EventSeq fromJournal(Object event, String manifest) {
            return EventSeq.single(((Long) event).intValue());
        }
    }

    static void write(Config config) throws Exception {
        ActorSystem system = ActorSystem.create("writer", ConfigFactory.load(config));
        try {
            write(system);
        } finally {
            TestKit.shutdownActorSystem(system);
        }
    }

    /** Fifteen events of three persistence ids. */
    static void write(ActorSystem system) throws Exception {
        for (String id : List.of("Account|1", "Account|2", "plain \u00e9")) {
            ActorRef writer = system.actorOf(Props.create(Writer.class, () -> new Writer(id)));
            for (Object event : List.of("opened " + id, 7, new Tagged("tagged", Set.of("red", "blue")), 8, "closed")) {
                Patterns.ask(writer, event, Duration.ofSeconds(20)).toCompletableFuture().get();
            }
        }
    }

    private Path file(String configuration) throws IOException {
        return Files.writeString(temporary.resolve("application.conf"), configuration);
    }

    /** Events of a store without what no query says, and without what the time of the writing makes different. */
    static List<String> events(Path store) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : ToolRun.store("dump", store).lines()) {
            events.add(((ObjectNode) Json.MAPPER.readTree(line)).without(List.of("position", "writer", "time")));
        }
        events.sort(Comparator.comparing((JsonNode event) -> event.required("stream").textValue())
                .thenComparingLong(event -> event.required("sequenceNr").longValue()));
        return events.stream().map(Json::line).toList();
    }

    @Test
    void events_are_stored_as_our_own_journal_would_have_stored_them() throws Exception {
        Path own = temporary.resolve("own");
        write(ConfigFactory.parseString("pekko.persistence.journal.plugin = allsource.journal\n" + "allsource.journal {"
                + ADAPTERS + "}\nallsource.dir = \"" + own + "\""));
        String other = "pekko.persistence.journal.plugin = inmemory.journal\ninmemory.journal {" + ADAPTERS
                + "}\nallsource.journal {" + ADAPTERS + "}\ninmemory.shared-as = \"" + UUID.randomUUID() + "\"";
        Path target = temporary.resolve("target");
        ActorSystem keepsTheStore = ActorSystem.create("other",
                ConfigFactory.load(ConfigFactory.parseString(other)));
        try {
            write(keepsTheStore);

            ToolRun run = ToolRun.store("migrate-from", "--config", file(other), "--from", "inmemory.query", target,
                    "--tag", "red", "--tag", "blue");

            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
            assertThat(run.out()).contains("15 events of 3 persistence ids", "All of them were counted again");
        } finally {
            TestKit.shutdownActorSystem(keepsTheStore);
        }
        assertThat(events(target)).hasSize(15).isEqualTo(events(own));
        assertThat(events(target)).filteredOn(line -> line.contains("\"red\"")).hasSize(3);
        assertThat(ToolRun.store("verify", target).exitCode()).isZero();
    }

    @Test
    void gaps_are_filled_and_what_cannot_be_kept_is_told() throws Exception {
        Path target = temporary.resolve("target");

        ToolRun run = ToolRun.store("migrate-from", "--config", file("odd.class = \"" + OddJournal.class.getName()
                + "\""), "--from", "odd", target);

        assertThat(run.exitCode()).as(run.out() + run.err()).isOne();
        assertThat(run.lines())
                .contains("finding: the persistence id '' cannot be one of a store, and is left out with its events")
                .anySatisfy(line -> assertThat(line).startsWith("finding: persistence id late has no events up to 2"))
                .anySatisfy(line -> assertThat(line).contains("6 events of 3 persistence ids"))
                .last()
                .isEqualTo("2 findings");
        assertThat(events(target)).extracting(line -> Json.MAPPER.readTree(line).required("stream").textValue()
                + Json.MAPPER.readTree(line).required("sequenceNr"))
                .containsExactly("gap1", "gap2", "gap3", "gap4", "half1", "half2", "late3", "late4");
        assertThat(ToolRun.store("dump", target, "--stream", "late").out()).contains("2023-11-14T22:13:20.123Z");
        assertThat(ToolRun.store("verify", target).out()).contains("Everything is as it was written.");
    }

    private ToolRun refused(String configuration, String plugin) throws IOException {
        Path target = temporary.resolve("target");
        ToolRun run = ToolRun.store("migrate-from", "--config", file(configuration), "--from", plugin, target);
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(2);
        assertThat(target.resolve("STORE")).doesNotExist();
        return run;
    }

    @Test
    void what_cannot_be_read_or_stored_is_named() throws IOException {
        String failing = "failing.class = \"" + OddJournal.Failing.class.getName() + "\"\nfailing.how = ";

        assertThat(refused(failing + "breaks", "failing").err())
                .contains("failing could not read persistence id only", "the line is dead");
    }

    @Test
    void an_event_without_a_serializer_is_named() throws IOException {
        String failing = "failing.class = \"" + OddJournal.Failing.class.getName() + "\"\nfailing.how = ";

        assertThat(refused(failing + "unserializable", "failing").err())
                .contains("event 1 of persistence id only cannot be stored");
    }

    @Test
    void a_plugin_that_is_missing_or_lacks_a_query_is_refused() throws IOException {
        assertThat(refused("", "nobody.query").err()).contains("the configuration has no query plugin nobody.query");
        assertThat(refused("", "inmemory.journal").err())
                .contains(
                        "inmemory.journal is no query plugin: --from needs the id of the journal's read journal, such as"
                                + " jdbc-read-journal");
        assertThat(refused("bare.class = \"" + OddJournal.WithoutQueries.class.getName() + "\"", "bare").err())
                .contains("the query plugin bare has no query of current persistence ids");
    }

    @Test
    void bad_files_and_directories_are_refused() throws IOException {
        Path target = temporary.resolve("target");

        assertThat(refused("a = {", "inmemory.query").err()).contains("is no configuration");
        ToolRun missing = ToolRun.store("migrate-from", "--config", temporary.resolve("none.conf"), "--from",
                "inmemory.query", target);
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).contains("there is no file");
        ToolRun unnamed = ToolRun.store("migrate-from", target);
        assertThat(unnamed.exitCode()).isEqualTo(2);
        SampleStore.create(target);
        ToolRun full = ToolRun.store("migrate-from", "--config", file(""), "--from", "inmemory.query", target);
        assertThat(full.exitCode()).isEqualTo(2);
        assertThat(full.err()).contains("is not empty; a new store needs an empty directory");
    }
}
