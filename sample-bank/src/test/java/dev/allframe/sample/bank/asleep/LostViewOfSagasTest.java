package dev.allframe.sample.bank.asleep;

import static dev.allframe.sample.bank.asleep.Sleepers.BELL;
import static dev.allframe.sample.bank.asleep.Sleepers.SLEEPER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.runtime.AllFrame;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaQuery;
import dev.allframe.saga.SagaStatus;
import dev.allframe.sample.bank.asleep.Sleepers.MovedClock;
import dev.allframe.sample.bank.asleep.Sleepers.Sleeper;
import dev.allframe.store.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of all views are deleted while sagas sleep: these are found again, and those that are due are woken. */
@Guarantee("G8")
final class LostViewOfSagasTest {

    private static final int SAGAS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    private AllFrame start(Duration clock) {
        return AllFrame
                .standalone("lost", ConfigFactory
                        .parseString("allframe.storage = allsource\nallsource.dir = \"" + folder + "\"")
                        .withFallback(ConfigFactory.load()))
                .clock(new MovedClock(clock))
                .aggregate(BELL)
                .saga(SLEEPER)
                .start();
    }

    @Test
    void sleeping_sagas_are_found_again_and_woken_once() throws IOException {
        Instant now = Instant.now();
        try (AllFrame first = start(Duration.ofDays(-1))) {
            CompletableFuture<?>[] started = IntStream.range(0, SAGAS)
                    .mapToObj(i -> new Sleeper(i, i % 2 == 0 ? now : now.plus(10, ChronoUnit.DAYS), false))
                    .map(sleeper -> first.sagas().start(SLEEPER, Integer.toString(sleeper.number()), sleeper))
                    .map(stage -> stage.thenCompose(SagaHandle::status).toCompletableFuture())
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(started).join();
        }
        Path views = folder.resolve("views");
        assertThat(views).isDirectory();
        try (Stream<Path> files = Files.walk(views)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }

        try (AllFrame next = start(Duration.ZERO)) {
            await().atMost(PATIENCE).until(() -> rung(next).size() >= SAGAS / 2);
            await().atMost(PATIENCE).until(() -> count(next, SagaStatus.Phase.COMPLETED) == SAGAS / 2);
            assertThat(count(next, SagaStatus.Phase.RUNNING)).isEqualTo(SAGAS / 2);
            assertThat(rung(next)).doesNotHaveDuplicates().hasSize(SAGAS / 2).allMatch(number -> number % 2 == 0);
        }
        try (AllFrame last = start(Duration.ofDays(11))) {
            await().atMost(PATIENCE).until(() -> count(last, SagaStatus.Phase.COMPLETED) == SAGAS);
            assertThat(rung(last)).doesNotHaveDuplicates().hasSize(SAGAS);
        }
    }

    private static int count(AllFrame node, SagaStatus.Phase phase) {
        return node.sagas().find(SagaQuery.all().in(phase).limit(SAGAS)).sagas().size();
    }

    private static List<Integer> rung(AllFrame node) {
        try (var rings = node.eventStore(BELL).streamAllEvents(Position.START)) {
            return rings.map(ring -> ring.event().sleeper()).toList();
        }
    }
}
