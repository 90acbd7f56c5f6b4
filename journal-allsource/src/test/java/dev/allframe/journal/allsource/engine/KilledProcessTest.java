package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that appends is killed in the middle, again and again on one directory. */
@Guarantee({"G1", "G2", "G3"})
class KilledProcessTest {

    private static final int KILLS = Seeds.count("crash.kills", 3);

    private final Random random = new Random(Seeds.next());
    private final Map<StreamId, Long> acknowledged = new HashMap<>();

    @Test
    void every_acknowledged_event_is_there_once_after_a_kill(@TempDir Path directory) throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            killAfter(directory, 100 + random.nextInt(2000));
            check(directory);
        }
    }

    private void killAfter(Path directory, int acknowledgements) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), KilledWriter.class.getName(), directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            int count = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                note(line);
                if (++count == acknowledgements) {
                    child.toHandle().destroyForcibly(); // what it has said by then is read to the end
                }
            }
            assertThat(count).isGreaterThanOrEqualTo(acknowledgements);
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    /** The last line may be cut: then nobody was told. */
    private void note(String line) {
        String[] parts = line.split(" ", -1);
        if (parts.length == 2 && !parts[1].isEmpty()) {
            acknowledged.merge(KilledWriter.stream(Integer.parseInt(parts[0])), Long.parseLong(parts[1]), Math::max);
        }
    }

    private void check(Path directory) {
        Map<StreamId, Long> found = new HashMap<>();
        try (EventStoreBackend store = AllSourceBackend.production(directory)) {
            Position after = Position.START;
            EventPage page;
            do {
                page = Stages.get(store.getAllEvents(EventFilter.all(), after, 1000));
                for (StoredEvent event : page.events()) {
                    long next = found.merge(event.stream(), 1L, Long::sum);
                    assertThat(event.sequenceNr()).isEqualTo(next);
                    assertThat(event.envelope()).isEqualTo(KilledWriter.record(event.stream(), next));
                }
                assertThat(page.next().index()).isEqualTo(after.index() + page.events().size());
                after = page.next();
            } while (!page.atEnd());
            for (StreamId stream : found.keySet()) {
                assertThat(Stages.get(store.highestSequenceNr(stream))).isEqualTo(found.get(stream)).isEven();
            }
        }
        acknowledged.forEach((stream, last) -> assertThat(found.get(stream)).isBetween(last, last + 2));
        found.forEach(acknowledged::put);
    }
}
