package dev.allframe.sample.bank.killed;

import static dev.allframe.projection.Version.version;
import static dev.allframe.sample.bank.killed.Purses.PURSE;
import static dev.allframe.sample.bank.killed.PursesProcess.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.projection.Change;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.killed.Purses.PurseCommand;
import dev.allframe.sample.bank.killed.Purses.PurseEvent;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.Position;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Opens a store with two versions of a view, looks whether both are whole, and then sends commands and switches between
 * the versions; says each step in a line of its own, so that it can be killed at one.
 */
final class SwitchingProcess {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PURSES = 20;
    private static final QueryOption ALL = QueryOption.limit(10_000);

    /** How much was ever paid. */
    record Paid(BigDecimal amount) {}

    /** In hundredths. */
    record Cents(long cents) {}

    static final ProjectionType<String, Paid> OLD = ProjectionType
            .named("paid", version(1), String.class, Paid.class)
            .from(PURSE, (event, info) -> switch (event) {
                case PurseEvent.Paid(var amount) -> Change.upsert(info.id(), new Paid(new BigDecimal("0.00")),
                        row -> new Paid(row.amount().add(amount)));
                case PurseEvent other -> Change.none();
            });

    static final ProjectionType<String, Cents> NEW = ProjectionType
            .named("paid", version(2), String.class, Cents.class)
            .from(PURSE, (event, info) -> switch (event) {
                case PurseEvent.Paid(var amount) -> Change.upsert(info.id(), new Cents(0),
                        row -> new Cents(row.cents() + cents(amount)));
                case PurseEvent other -> Change.none();
            })
            .replacing(OLD, row -> new Cents(cents(row.amount())));

    private final AllFrame purses;
    private final Random random;
    private final View<String, Cents> view;
    private final Map<String, Long> paid = new TreeMap<>();

    private SwitchingProcess(AllFrame purses, Random random) {
        this.purses = purses;
        this.random = random;
        this.view = purses.view(NEW);
    }

    static long cents(BigDecimal amount) {
        return amount.movePointRight(2).longValueExact();
    }

    /** Arguments: the folder of the store, a seed, how many steps, the flush interval. */
    public static void main(String[] arguments) {
        try (AllFrame purses = AllFrame
                .standalone("purses", ConfigFactory.parseMap(Map.of("allframe.storage", "allsource", "allsource.dir",
                        arguments[0], "allsource.memory", "64MiB", "allsource.views-memory", "8MiB",
                        "allframe.projections.page-size", 50, "allframe.projections.flush-interval", arguments[3],
                        "allframe.command-timeout", PATIENCE)).withFallback(ConfigFactory.load()))
                .aggregate(PURSE)
                .projection(NEW)
                .start()) {
            SwitchingProcess process = new SwitchingProcess(purses, new Random(Long.parseLong(arguments[1])));
            process.verify();
            process.live(Integer.parseInt(arguments[2]));
        } catch (Throwable failed) { // whatever it is, the test is to hear it
            failed.printStackTrace();
            say("failed " + failed.toString().replace('\n', ' '));
        }
    }

    private ProjectionMetadata now() {
        return purses.projections().describe(NEW.name());
    }

    private static ProjectionMetadata other(ProjectionMetadata now) {
        return Objects.requireNonNull(now.other());
    }

    /** What is ordered is done, and both versions are what all events make of them. */
    private void verify() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            ProjectionMetadata now = now();
            return List.of(now, other(now))
                    .stream()
                    .allMatch(each -> each.state() == ProjectionState.LIVE && each.lag() == 0)
                    && now.trouble().isEmpty();
        });
        try (var events = purses.eventStore(PURSE).streamAllEvents(Position.START)) {
            events.forEach(event -> {
                if (event.event() instanceof PurseEvent.Paid(var amount)) {
                    paid.merge(event.stream().entityId(), cents(amount), Long::sum);
                }
            });
        }
        Map<String, Long> served = new TreeMap<>();
        view.range(Range.all(), ALL).entries().forEach(each -> served.put(each.key(), each.row().cents()));
        Map<String, Long> old = new TreeMap<>();
        purses.view(OLD)
                .range(Range.all(), ALL)
                .entries()
                .forEach(each -> old.put(each.key(), cents(each.row().amount())));
        assertThat(served).isEqualTo(paid);
        assertThat(old).isEqualTo(paid);
        assertThat(purses.projections().compare("paid", 10, told -> {}).toCompletableFuture().join().differences())
                .isEmpty();
        ProjectionMetadata now = now();
        boolean isOld = now.version() == 1;
        say("verified " + now.version() + " " + (isOld ? now : other(now)).generation() + " "
                + (isOld ? other(now) : now).generation());
    }

    private void live(int steps) {
        for (int i = 0; i < steps; i++) {
            if (random.nextInt(4) == 0) {
                switchOver();
            } else {
                pay("purse-" + random.nextInt(PURSES));
            }
        }
        say("done");
    }

    private void switchOver() {
        int wanted = 3 - now().version();
        say("asks " + wanted);
        purses.projections()
                .switchTo(wanted == 1 ? OLD : NEW, PATIENCE, Order.of("the test", "to be killed"))
                .toCompletableFuture()
                .join();
        say("ordered " + wanted);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> now().version() == wanted);
        say("answers " + wanted);
    }

    /** What is paid is seen by who asks, whichever version answers. */
    private void pay(String id) {
        if (!paid.containsKey(id)) {
            purses.commands().dispatchAndWait(PURSE, id, new PurseCommand.Open("somebody"));
        }
        BigDecimal amount = BigDecimal.valueOf(random.nextInt(20_000), 2);
        ConsistencyToken token = purses.commands()
                .dispatchAndWait(PURSE, id, new PurseCommand.Pay(amount))
                .orThrow()
                .token();
        long now = paid.merge(id, cents(amount), Long::sum);
        assertThat(view.get(id, token, PATIENCE).toCompletableFuture().join())
                .isEqualTo(new ViewAnswer.Seen<>(Optional.of(new Cents(now))));
        say("paid");
    }
}
