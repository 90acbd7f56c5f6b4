package dev.allframe.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.command.CommandResult;
import dev.allframe.evolution.JsonEvent;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.Upcast;
import dev.allframe.evolution.Upcasters;
import dev.allframe.store.Append;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.Subscription;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random chains of steps over random events give on every way of reading what a migration gives that is written
 * differently; {@code -Dtest.seed=…} replays them.
 */
@Guarantee("G9")
final class RandomMigrationTest {

    private static final int HISTORIES = 25;
    private static final int EVENTS = 30;
    private static final int TODAY = 100;
    private static final String ID = "a";
    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final JsonMapper JSON = new JsonMapper();

    record Tell() implements Command {}

    @Stored(value = "changed", version = TODAY)
    record Changed(Map<String, String> values) implements Event {}

    /** Remembers what it was told, in order. */
    @Stored("state")
    record Seen(List<Map<String, String>> events) {}

    private static final class Log implements Aggregate<Tell, Changed, Seen> {
        @Override
        public Seen initialState() {
            return new Seen(List.of());
        }

        @Override
        public Decision<Changed> decide(Seen seen, Tell command) {
            return Decision.refuse("seen", Map.of("events", sorted(seen.events)));
        }

        @Override
        public Seen evolve(Seen seen, Changed event) {
            return new Seen(Stream.concat(seen.events.stream(), Stream.of(event.values)).toList());
        }
    }

    private static List<Map<String, String>> sorted(List<Map<String, String>> events) {
        return events.stream().<Map<String, String>>map(TreeMap::new).toList();
    }

    /**
     * What happens to events of a version: once as a step on trees, and once, by {@link #reference}, on what was there
     * before it was stored.
     */
    private sealed interface Change {
        record Rename(String from, String to) implements Change {}

        record Put(String name, @Nullable Object value) implements Change {}

        record Remove(String name) implements Change {}

        record Negate(String name) implements Change {}

        record Split(String name, int to) implements Change {}

        record DropWithout(String name) implements Change {}
    }

    private final Random random;
    private final List<Integer> versions = new ArrayList<>();
    private final Map<Integer, Change> changes = new HashMap<>();

    RandomMigrationTest() {
        String given = System.getProperty("test.seed", "");
        long seed = given.isBlank() ? new Random().nextLong() : Long.parseLong(given);
        System.out.println("test.seed=" + seed);
        random = new Random(seed);
    }

    private String name() {
        return NAMES.get(random.nextInt(NAMES.size()));
    }

    private @Nullable Object value() {
        return switch (random.nextInt(7)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> "text " + random.nextInt(9);
            case 3 -> (long) random.nextInt(1_000);
            case 4 -> random.nextLong();
            case 5 -> new BigInteger(100, random).add(BigInteger.TWO.pow(64));
            default -> new BigDecimal(new BigInteger(100, random), 20);
        };
    }

    private void chain() {
        versions.clear();
        changes.clear();
        int version = 1 + random.nextInt(5);
        for (int i = random.nextInt(8); i >= 0; i--) {
            versions.add(version);
            version += 1 + random.nextInt(5);
        }
        for (int i = 0; i < versions.size() - 1; i++) {
            changes.put(versions.get(i), switch (random.nextInt(7)) {
                case 0, 1 -> new Change.Rename(name(), name());
                case 2 -> new Change.Put(name(), value());
                case 3 -> new Change.Remove(name());
                case 4 -> new Change.Negate(name());
                case 5 -> new Change.Split(name(), versions.get(i + 1 + random.nextInt(versions.size() - i - 1)));
                default -> new Change.DropWithout(name());
            });
        }
    }

    private int after(int version) {
        return versions.get(versions.indexOf(version) + 1);
    }

    private List<Upcast> steps() {
        List<Upcast> steps = new ArrayList<>();
        changes.forEach((version, change) -> steps.add(step(version, after(version), change)));
        steps.add(Upcasters.json("changed", versions.getLast()).to(TODAY, tree -> {
            Map<String, @Nullable Object> values = new HashMap<>();
            tree.forEach((name, value) -> values.put(name, value + ""));
            return Map.of("values", values);
        }));
        return steps;
    }

    private static Upcast step(int from, int to, Change change) {
        Upcasters.FromJson old = Upcasters.json("changed", from);
        return switch (change) {
            case Change.Rename(var name, var newer) -> old.to(to, tree -> {
                if (tree.containsKey(name)) {
                    tree.put(newer, tree.remove(name));
                }
                return tree;
            });
            case Change.Put(var name, var value) -> old.to(to, tree -> {
                tree.put(name, value);
                return tree;
            });
            case Change.Remove(var name) -> old.to(to, tree -> {
                tree.remove(name);
                return tree;
            });
            case Change.Negate(var name) -> old.to(to, tree -> {
                tree.computeIfPresent(name, (same, value) -> negated(value));
                return tree;
            });
            case Change.Split(var name, var second) -> old.toMany(
                    Stream.of(to, second).distinct().map(version -> new StoredVersion("changed", version)).toList(),
                    tree -> {
                        Map<String, @Nullable Object> rest = new HashMap<>();
                        rest.put(name, tree.remove(name));
                        return List.of(JsonEvent.of("changed", to, tree), JsonEvent.of("changed", second, rest));
                    });
            case Change.DropWithout(var name) -> old.toMany(List.of(new StoredVersion("changed", to)),
                    tree -> tree.containsKey(name) ? List.of(JsonEvent.of("changed", to, tree)) : List.of());
        };
    }

    private static Object negated(Object value) {
        return switch (value) {
            case Long number -> BigInteger.valueOf(number).negate();
            case BigInteger number -> number.negate();
            case BigDecimal number -> number.negate();
            case Boolean truth -> !truth;
            default -> "not " + value;
        };
    }

    /** The same on text alone, and from what was stored, not from what is read of it. */
    private List<Map<String, String>> reference(int version, Map<String, String> event) {
        Map<String, String> newer = new TreeMap<>(event);
        return switch (changes.get(version)) {
            case null -> List.of(newer);
            case Change.Rename(var name, var other) -> {
                if (event.containsKey(name)) {
                    newer.remove(name);
                    newer.put(other, event.get(name));
                }
                yield reference(after(version), newer);
            }
            case Change.Put(var name, var value) -> {
                newer.put(name, String.valueOf(value));
                yield reference(after(version), newer);
            }
            case Change.Remove(var name) -> {
                newer.remove(name);
                yield reference(after(version), newer);
            }
            case Change.Negate(var name) -> {
                newer.computeIfPresent(name, (same, text) -> not(text));
                yield reference(after(version), newer);
            }
            case Change.Split(var name, var second) -> {
                String value = newer.remove(name);
                yield Stream
                        .concat(reference(after(version), newer).stream(),
                                reference(second, Map.of(name, value + "")).stream())
                        .toList();
            }
            case Change.DropWithout(var name) ->
                event.containsKey(name) ? reference(after(version), newer) : List.of();
        };
    }

    private static String not(String text) {
        if (text.equals("null")) {
            return text;
        }
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true") ? "false" : "true";
        }
        if (text.contains("text")) {
            return "not " + text;
        }
        return text.startsWith("-") ? text.substring(1) : text.matches("0(\\.0*)?") ? text : "-" + text;
    }

    @Test
    void what_is_read_is_what_the_reference_says_on_every_way_of_reading() throws Exception {
        for (int i = 0; i < HISTORIES; i++) {
            chain();
            history();
        }
    }

    private void history() throws Exception {
        List<Envelope> stored = new ArrayList<>();
        List<Map<String, String>> expected = new ArrayList<>();
        List<Long> sequenceNrs = new ArrayList<>();
        for (long sequenceNr = 1; sequenceNr <= EVENTS; sequenceNr++) {
            int version = versions.get(random.nextInt(versions.size()));
            Map<String, @Nullable Object> old = new HashMap<>();
            NAMES.stream().filter(name -> random.nextBoolean()).forEach(name -> old.put(name, value()));
            stored.add(envelope(version, old, sequenceNr == 1
                    ? new CommandRecord("c", "fingerprint", new CommandRecord.Accepted(), 1, EVENTS)
                    : null));
            Map<String, String> text = new TreeMap<>();
            old.forEach((name, value) -> text.put(name, String.valueOf(value)));
            List<Map<String, String>> newer = reference(version, text);
            expected.addAll(newer);
            for (int i = 0; i < newer.size(); i++) {
                sequenceNrs.add(sequenceNr);
            }
        }
        AggregateType<Tell, Changed, Seen> type = AggregateType
                .named("log", Tell.class, Changed.class, Seen.class, new Log())
                .upcasting(steps().toArray(Upcast[]::new));
        try (AllFrame allFrame = AllFrame.standalone("migration", ConfigFactory.load()).aggregate(type).start()) {
            allFrame.backend()
                    .append(new Append(StreamId.of("log", ID), ExpectedVersion.any(), "old code", stored))
                    .toCompletableFuture()
                    .join();

            assertThat(refusedWith(allFrame, type)).as("recovery").isEqualTo(expected.toString());
            assertThat(repeated(allFrame, type)).as("repeat").isEqualTo(expected);
            EventStore<Changed> store = allFrame.eventStore(type);
            assertRead("getEvents", store.getEvents(ID, 1, 1_000).toCompletableFuture().join(), expected, sequenceNrs);
            assertRead("getAllEvents",
                    store.getAllEvents(Position.START, 1_000).toCompletableFuture().join().events(), expected,
                    sequenceNrs);
            assertRead("streamEvents", store.streamEvents(ID).toList(), expected, sequenceNrs);
            assertRead("streamAllEvents", store.streamAllEvents(Position.START).toList(), expected, sequenceNrs);
            assertRead("subscribe", subscribed(store, expected.size()), expected, sequenceNrs);
        }
    }

    private static Envelope envelope(int version, Map<String, @Nullable Object> values,
            @Nullable CommandRecord command) throws IOException {
        return Envelope.of("log.changed", version, Payload.json(JSON.writeValueAsBytes(values)), Set.of(),
                EventMetadata.at(Instant.EPOCH), command);
    }

    private static String refusedWith(AllFrame allFrame, AggregateType<Tell, Changed, Seen> type) {
        CommandResult<Changed> result = allFrame.commands().dispatchAndWait(type, ID, new Tell());
        assertThat(result).isInstanceOf(CommandResult.Refused.class);
        return String.valueOf(((CommandResult.Refused<Changed>) result).details().get("events"));
    }

    /** The first outcome of a command is what is said to who wants it void. */
    private static List<Map<String, String>> repeated(AllFrame allFrame, AggregateType<Tell, Changed, Seen> type) {
        CommandResult<Changed> result = allFrame.commands().voidCommand(type, ID, "c").toCompletableFuture().join();
        return sorted(result.orThrow().events().stream().map(Changed::values).toList());
    }

    private static List<RecordedEvent<Changed>> subscribed(EventStore<Changed> store, int count)
            throws InterruptedException {
        store.append(ID, ExpectedVersion.any(), List.of(new Changed(Map.of("last", "")))).toCompletableFuture().join();
        BlockingQueue<RecordedEvent<Changed>> delivered = new LinkedBlockingQueue<>();
        List<RecordedEvent<Changed>> taken = new ArrayList<>();
        try (Subscription subscription = store.subscribe(Position.START, delivered::add)) {
            while (taken.isEmpty() || !taken.getLast().event().values().containsKey("last")) {
                RecordedEvent<Changed> next = delivered.poll(30, TimeUnit.SECONDS);
                assertThat(next).as("%s events, and %s have ended it", count, subscription.ended()).isNotNull();
                taken.add(next);
            }
        }
        return taken.subList(0, taken.size() - 1);
    }

    private static void assertRead(String how, List<RecordedEvent<Changed>> read, List<Map<String, String>> expected,
            List<Long> sequenceNrs) {
        assertThat(sorted(read.stream().map(recorded -> recorded.event().values()).toList())).as(how)
                .isEqualTo(expected);
        assertThat(read).as(how).extracting(RecordedEvent::sequenceNr).isEqualTo(sequenceNrs);
    }
}
