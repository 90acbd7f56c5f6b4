package dev.allframe.sample.bank.piped;

import static dev.allframe.sample.bank.piped.Readings.METER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.piped.Readings.MeterEvent;
import dev.allframe.store.Appended;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Opens a store with pipelines, compares them with all events, then appends and may have a view built anew; says each
 * step in a line of its own, so that it can be killed at one.
 */
final class ReadingsProcess {

    /** What every line ends with: another one was cut. */
    static final String END = " .";

    private static final Instant FIRST = Instant.parse("2026-03-28T20:00:00Z"); // clocks are changed in the night
    private static final int METERS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private ReadingsProcess() {}

    /**
     * Arguments: the folder of the store, the seed of the views, a seed for what is appended, how many events, the
     * flush interval, the rate of rebuilds, and the view that is built anew, {@code none} or {@code all}. Warms up,
     * says so, and waits for {@code go} with the last position that was acknowledged. Ends with its input.
     */
    public static void main(String[] arguments) {
        try (BufferedReader told = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            Readings views = new Readings(Long.parseLong(arguments[1]));
            try (AllFrame warm = start(views, Map.of("allframe.storage", "memory"))) {
                append(warm, new Random(1), 2, FIRST);
                verify(views, warm);
            }
            say("warm");
            long acknowledged = Long.parseLong(told.readLine().split(" ", -1)[1]);
            say("began");
            try (AllFrame meters = start(views, Map.of("allframe.storage", "allsource", "allsource.dir", arguments[0],
                    "allsource.memory", "64MiB", "allsource.views-memory", "8MiB", "allframe.projections.page-size", 50,
                    "allframe.projections.flush-interval", arguments[4], "allframe.projections.rebuild-rate",
                    arguments[5]))) {
                assertThat(lastIndex(meters)).isGreaterThanOrEqualTo(acknowledged);
                ReadingsFolded folded = verify(views, meters);
                say("verified " + folded.lateEvents());
                if (arguments[6].equals("all")) {
                    views.views().forEach(view -> isTheSameAnew(meters, view));
                } else {
                    live(meters, folded.last, arguments);
                }
                verify(views, meters);
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

    private static AllFrame start(Readings views, Map<String, ?> settings) {
        AllFrame.Builder builder = AllFrame
                .standalone("meters", ConfigFactory.parseMap(settings).withFallback(ConfigFactory.load()))
                .aggregate(METER);
        for (ProjectionType<?, ?> view : views.views()) {
            builder = builder.projection(view);
        }
        return builder.start();
    }

    private static long lastIndex(AllFrame meters) {
        return meters.backend().lastPosition().toCompletableFuture().join().index();
    }

    /** When the views have applied everything, they are what all events make of them. */
    private static ReadingsFolded verify(Readings views, AllFrame meters) {
        for (ProjectionType<?, ?> view : views.views()) {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                ProjectionMetadata now = meters.projections().describe(view.name());
                return now.state() == ProjectionState.LIVE && now.lag() == 0;
            });
        }
        ReadingsFolded folded = new ReadingsFolded(views, meters);
        folded.mustBeServedBy(meters);
        return folded;
    }

    private static void live(AllFrame meters, Instant last, String[] arguments) {
        CompletableFuture<Void> rebuilt = arguments[6].equals("none")
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.runAsync(() -> rebuild(meters, arguments[6]), Thread::startVirtualThread);
        append(meters, new Random(Long.parseLong(arguments[2])), Integer.parseInt(arguments[3]), last);
        rebuilt.join();
    }

    private static void append(AllFrame meters, Random random, int count, Instant behind) {
        append(meters.eventStore(METER), random, count, behind,
                appended -> say("appended " + appended.lastPosition().index()));
    }

    /** Appends events of any order of time, the stored times of which go on, and step back at times. */
    static void append(EventStore<MeterEvent> meters, Random random, int count, Instant behind,
            Consumer<Appended> told) {
        Instant stored = behind.equals(Instant.EPOCH) ? FIRST : behind;
        for (int i = 0; i < count;) {
            String meter = "m" + random.nextInt(METERS);
            stored = stored.plusMillis(random.nextLong(60_000));
            Instant clock = random.nextInt(6) == 0
                    ? stored.minusMillis(random.nextLong(Duration.ofHours(2).toMillis()))
                    : stored;
            List<MeterEvent> events = new ArrayList<>();
            for (int some = random.nextInt(3); some >= 0 && i < count; some--, i++) {
                // As old as three hours, which may be longer than windows are kept, or of a clock that is fast.
                Instant at = stored.plusSeconds(60).minusMillis(random.nextLong(Duration.ofHours(3).toMillis()));
                events.add(random.nextInt(8) == 0
                        ? new MeterEvent.Moved("x")
                        : new MeterEvent.Read(at, random.nextInt(100)));
            }
            told.accept(meters.append(meter, ExpectedVersion.any(), events, EventMetadata.at(clock))
                    .toCompletableFuture()
                    .join());
        }
    }

    private static void rebuild(AllFrame meters, String view) {
        long before = meters.projections().describe(view).generation();
        meters.projections().rebuild(view, Order.of("the test", "to be killed")).toCompletableFuture().join();
        say("ordered " + view);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> meters.projections().describe(view).generation() > before);
        say("switched " + view);
    }

    /** Built anew, and folded anew beside, a view has the same rows. */
    private static void isTheSameAnew(AllFrame meters, ProjectionType<?, ?> view) {
        ProjectionMetadata before = meters.projections().describe(view.name());
        rebuild(meters, view.name());
        assertThat(meters.projections().describe(view.name()))
                .returns(before.digest(), ProjectionMetadata::digest)
                .returns(before.rows(), ProjectionMetadata::rows);
        assertThat(meters.projections().verify(view.name(), 10, progress -> {}).toCompletableFuture().join())
                .matches(found -> found.isSame());
    }

    /** Says a line, whole. */
    static synchronized void say(String line) {
        System.out.println(line + END);
        System.out.flush();
    }
}
