package dev.allframe.sample.bank.killed;

import static dev.allframe.sample.bank.killed.Purses.BALANCES;
import static dev.allframe.sample.bank.killed.Purses.PERSON;
import static dev.allframe.sample.bank.killed.Purses.PLACES;
import static dev.allframe.sample.bank.killed.Purses.PURSE;
import static dev.allframe.sample.bank.killed.Purses.VIEWS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.killed.Purses.Balance;
import dev.allframe.sample.bank.killed.Purses.PersonCommand;
import dev.allframe.sample.bank.killed.Purses.PurseCommand;
import dev.allframe.store.ConsistencyToken;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Opens a store with two views, compares them with all events, then sends commands and may have a view built anew; says
 * each step in a line of its own, so that it can be killed at one.
 */
final class PursesProcess {

    /** What every line ends with: another one was cut. */
    static final String END = " .";

    static final int SENDERS = 3;
    private static final int PURSES = 14;
    private static final List<String> PERSONS = IntStream.range(0, 6).mapToObj(i -> "person-" + i).toList();
    private static final List<String> CITIES = List.of("Praha", "Brno", "Plzeň", "Olomouc");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private PursesProcess() {}

    /** Every value that may be asked of an index. */
    static List<String> values() {
        return Stream.concat(PERSONS.stream(), CITIES.stream()).toList();
    }

    /**
     * Arguments: the folder of the store, a seed, how many commands each sender sends, the flush interval, the rate of
     * rebuilds, and the view that is built anew or {@code none}. Warms up, says so, and reads tokens from its input
     * until {@code go}. Ends with its input, closing everything.
     */
    public static void main(String[] arguments) {
        try (BufferedReader told = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            Path store = Path.of(arguments[0]);
            Notes ofWarm = new Notes(Files.createTempFile(store.getParent(), "warm", ".txt"));
            try (AllFrame warm = start(Map.of("allframe.storage", "memory"), ofWarm)) {
                verify(warm, List.of(), ofWarm);
                live(warm, 0, 2, "none");
            }
            say("warm");
            List<ConsistencyToken> acknowledged = new ArrayList<>();
            for (String line = told.readLine(); !line.equals("go"); line = told.readLine()) {
                acknowledged.add(ConsistencyToken.parse(line));
            }
            say("began");
            Notes notes = new Notes(store.resolveSibling("notes.txt"));
            try (AllFrame purses = start(Map.of("allframe.storage", "allsource", "allsource.dir", arguments[0],
                    "allsource.memory", "64MiB", "allsource.views-memory", "8MiB", "allframe.projections.page-size", 50,
                    "allframe.projections.flush-interval", arguments[3], "allframe.projections.rebuild-rate",
                    arguments[4]), notes)) {
                verify(purses, acknowledged, notes);
                live(purses, Long.parseLong(arguments[1]), Integer.parseInt(arguments[2]), arguments[5]);
                say("done");
                while (told.readLine() != null) {
                    // nothing more is said: it waits to be ended, one way or the other
                }
            }
            say("closed");
        } catch (Throwable failed) { // whatever it is, the test is to hear it
            failed.printStackTrace();
            say("failed " + failed.toString().replace('\n', ' '));
        }
    }

    private static AllFrame start(Map<String, ?> settings, Notes notes) {
        return AllFrame
                .standalone("purses", ConfigFactory.parseMap(settings)
                        .withFallback(ConfigFactory.parseMap(Map.of("allframe.command-timeout", PATIENCE)))
                        .withFallback(ConfigFactory.load()))
                .aggregate(PURSE)
                .aggregate(PERSON)
                .projection(BALANCES)
                .projection(PLACES)
                .reaction(notes.reaction())
                .start();
    }

    /**
     * What was acknowledged is seen, and when everything is, the views are what all events make of them, and each event
     * has had its effect.
     */
    private static void verify(AllFrame purses, List<ConsistencyToken> acknowledged, Notes notes) {
        for (ProjectionType<String, ?> view : VIEWS) {
            if (!acknowledged.isEmpty()) {
                assertThat(purses.view(view).await(acknowledged, PATIENCE).toCompletableFuture().join())
                        .as(view.name())
                        .isInstanceOf(ViewAnswer.Seen.class);
            }
            awaitAll(purses, view.name());
        }
        awaitAll(purses, Notes.NAME);
        notes.mustHaveAll(purses);
        PursesFolded folded = new PursesFolded(purses);
        folded.mustBeServedBy(purses);
        say("verified " + folded.rows());
    }

    private static void awaitAll(AllFrame purses, String name) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            ProjectionMetadata now = purses.projections().describe(name);
            return now.state() == ProjectionState.LIVE && now.lag() == 0;
        });
    }

    /** Sends, and has a view built anew meanwhile; returns when all is answered and seen, and built. */
    private static void live(AllFrame purses, long seed, int commands, String rebuilt) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < SENDERS; i++) {
                Sender sender = new Sender(purses, i, new Random(seed + i));
                all.add(CompletableFuture.runAsync(() -> sender.send(commands), threads));
            }
            if (!rebuilt.equals("none")) {
                all.add(CompletableFuture.runAsync(() -> rebuild(purses, rebuilt), threads));
            }
            all.forEach(CompletableFuture::join);
        }
    }

    private static void rebuild(AllFrame purses, String view) {
        long before = purses.projections().describe(view).generation();
        long last = purses.backend().lastPosition().toCompletableFuture().join().index();
        purses.projections().rebuild(view, Order.of("the test", "to be killed")).toCompletableFuture().join();
        say("ordered " + view + " " + last + " " + before);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> purses.projections().describe(view).generation() > before);
        say("switched " + view);
    }

    /** Sends to purses of its own, so that it knows what must be seen. */
    private static final class Sender {

        private final AllFrame purses;
        private final int number;
        private final Random random;
        private final Map<String, Balance> known = new HashMap<>();

        Sender(AllFrame purses, int number, Random random) {
            this.purses = purses;
            this.number = number;
            this.random = random;
            ids().forEach(id -> purses.view(BALANCES).get(id).ifPresent(row -> known.put(id, row)));
        }

        private Stream<String> ids() {
            return IntStream.range(0, PURSES).mapToObj(i -> "purse-" + number + "-" + i);
        }

        void send(int commands) {
            for (int i = 0; i < commands; i++) {
                if (random.nextInt(5) == 0) {
                    ConsistencyToken moved = accepted(purses.commands()
                            .dispatchAndWait(PERSON, one(PERSONS), new PersonCommand.Move(one(CITIES))));
                    seen(purses.view(PLACES), moved);
                } else {
                    sendOne(one(ids().toList()));
                }
            }
        }

        private void sendOne(String id) {
            Balance before = known.get(id);
            PurseCommand command;
            if (before == null) {
                String owner = one(PERSONS);
                command = new PurseCommand.Open(owner);
                known.put(id, new Balance(owner, new BigDecimal("0.00"), 0));
            } else if (random.nextInt(12) == 0) {
                command = new PurseCommand.Close();
                known.remove(id);
            } else {
                BigDecimal amount = BigDecimal.valueOf(random.nextInt(-10_000, 20_000), 2);
                command = new PurseCommand.Pay(amount);
                known.put(id, new Balance(before.owner(), before.amount().add(amount), before.payments() + 1));
            }
            ConsistencyToken token = accepted(purses.commands().dispatchAndWait(PURSE, id, command));
            Optional<Balance> row = known.containsKey(id) ? Optional.of(known.get(id)) : Optional.empty();
            assertThat(purses.view(BALANCES).get(id, token, PATIENCE).toCompletableFuture().join())
                    .as("%s after %s", id, command)
                    .isEqualTo(new ViewAnswer.Seen<>(row));
            seen(purses.view(PLACES), token);
            assertThat(purses.view(PLACES).get(id).map(Purses.Place::owner)).isEqualTo(row.map(Balance::owner));
        }

        private static void seen(View<String, ?> view, ConsistencyToken token) {
            assertThat(view.await(token, PATIENCE).toCompletableFuture().join())
                    .as("%s of %s", token, view.type())
                    .isInstanceOf(ViewAnswer.Seen.class);
        }

        private static ConsistencyToken accepted(CommandResult<?> result) {
            ConsistencyToken token = result.orThrow().token();
            say("acknowledged " + token.asText());
            return token;
        }

        private <T> T one(List<T> several) {
            return several.get(random.nextInt(several.size()));
        }
    }

    /** Says a line, whole. */
    static synchronized void say(String line) {
        System.out.println(line + END);
        System.out.flush();
    }
}
