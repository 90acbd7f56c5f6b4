package dev.allframe.sample.bank.watched;

import static dev.allframe.sample.bank.watched.Meters.HOUSE;
import static dev.allframe.sample.bank.watched.Meters.METER;
import static dev.allframe.sample.bank.watched.Meters.READINGS;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.fixture.WatchProbe;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.projection.ProjectionRegistry.Order;
import dev.allframe.projection.Range;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.runtime.AllFrame;
import dev.allframe.sample.bank.watched.Meters.MeterEvent;
import dev.allframe.sample.bank.watched.Meters.MeterEvent.Moved;
import dev.allframe.sample.bank.watched.Meters.MeterEvent.Read;
import dev.allframe.sample.bank.watched.Meters.MeterEvent.Removed;
import dev.allframe.sample.bank.watched.Meters.Reading;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Views that are watched while they change and are built anew, in memory and in RocksDB. */
final class WatchedViewsTest {

    private static final int NUMBERS = 400;
    private static final int HOUSES = 4;
    private static final int EVENTS = 3_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    private record Watching(WatchProbe<Long, Reading> probe, BiPredicate<Long, Reading> wants) {

        boolean hasAllOf(Map<Long, Reading> rows) {
            Map<Long, Reading> wanted = new HashMap<>(rows);
            wanted.entrySet().removeIf(row -> !wants.test(row.getKey(), row.getValue()));
            return wanted.equals(probe.rows());
        }
    }

    private MeterEvent event() {
        long number = random.nextInt(NUMBERS);
        return switch (random.nextInt(4)) {
            case 0 -> new Removed(number);
            case 1 -> new Moved(number, random.nextInt(HOUSES));
            default -> new Read(number, random.nextInt(1_000));
        };
    }

    private Watching watch(View<Long, Reading> view) {
        long number = random.nextInt(NUMBERS);
        long house = random.nextInt(HOUSES);
        return switch (random.nextInt(3)) {
            case 0 -> new Watching(WatchProbe.idle(view.watch()), (key, row) -> true);
            case 1 -> new Watching(WatchProbe.idle(view.watch(number)), (key, row) -> key == number);
            default -> new Watching(WatchProbe.idle(view.watch(HOUSE, house)), (key, row) -> row.house() == house);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "allsource"})
    void who_watches_ends_with_the_rows_of_the_view(String storage) {
        System.out.println("test.seed=" + seed);
        try (AllFrame meters = AllFrame
                .standalone("meters",
                        ConfigFactory.parseMap(Map.of("allframe.storage", storage, "allsource.dir",
                                folder.resolve("store").toString()))
                                .withFallback(ConfigFactory.load()))
                .aggregate(METER)
                .projection(READINGS)
                .start()) {
            View<Long, Reading> view = meters.view(READINGS);
            EventStore<MeterEvent> events = EventStore.of(meters.backend(), METER, JacksonEventCodec.of(METER));
            List<Watching> all = new ArrayList<>();
            for (int i = 0; i < EVENTS; i += 10) {
                List<MeterEvent> some = new ArrayList<>();
                for (int j = 0; j < 10; j++) {
                    some.add(event());
                }
                CompletionStage<?> stored = events.append("meter", ExpectedVersion.any(), some);
                if (random.nextInt(10) == 0) {
                    all.add(watch(view));
                } else if (!all.isEmpty()) {
                    all.get(random.nextInt(all.size())).probe.request(1 + random.nextInt(200));
                }
                if (i == EVENTS / 20 * 10) {
                    meters.projections()
                            .rebuild(READINGS, Order.of("the test", "to begin again"))
                            .toCompletableFuture()
                            .join();
                }
                stored.toCompletableFuture().join();
            }

            all.forEach(each -> each.probe.request(Long.MAX_VALUE));

            // On a slow machine the view may not be built for the first time yet.
            await().atMost(PATIENCE).ignoreException(ViewNotReadyException.class).until(() -> {
                Map<Long, Reading> rows = new HashMap<>();
                view.range(Range.all()).entries().forEach(row -> rows.put(row.key(), row.row()));
                return meters.projections().describe(READINGS.name()).generation() == 2
                        && view.position().equals(meters.backend().lastPosition().toCompletableFuture().join())
                        && all.stream().allMatch(each -> each.hasAllOf(rows));
            });
        }
    }
}
