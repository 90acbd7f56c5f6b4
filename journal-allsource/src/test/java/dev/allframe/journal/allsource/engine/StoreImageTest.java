package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.StoreVerifier;
import dev.allframe.journal.allsource.engine.closed.StoredContents;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class StoreImageTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;

    /** At the log, while an image is taken. */
    private static final int LOOKS = 5;

    /** So large that each takes a file of the log. */
    private static void append(EngineBackend store) {
        Payload payload = Payload.json(("\"" + "x".repeat(200_000) + "\"").getBytes(StandardCharsets.UTF_8));
        Stages.get(store.append(new Append(new StreamId("account|1"), ExpectedVersion.any(), "writer",
                List.of(Envelope.of("happened", 1, payload, Set.of(), EventMetadata.at(Model.NOW), null)))));
    }

    /**
     * What the log had when it was looked at first is deleted before it is looked at again; with more than one roll,
     * something began and went unseen.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void a_segment_of_the_log_that_grew_and_went_is_not_taken_as_it_was(int rolls) {
        Path directory = temporary.resolve("store");
        try (EngineBackend store = KilledStoreProvider.open(directory)) {
            append(store);
            AtomicInteger looks = new AtomicInteger();
            ForwardingDisk disk = new ForwardingDisk(new RealDisk()) {
                @Override
                public List<Path> list(Path listed) throws IOException {
                    if (listed.equals(directory.resolve("log")) && looks.incrementAndGet() == 2) {
                        for (int i = 0; i < rolls; i++) {
                            append(store);
                            Stages.get(store.flush());
                        }
                        append(store);
                    }
                    return super.list(listed);
                }
            };
            List<String> damage = new ArrayList<>();
            try (ClosedStore image = ClosedStore.beside(disk, directory, "a test")) {
                StoreVerifier.verify(image, new StoreVerifier.Report() {
                    @Override
                    public void damage(String what) {
                        damage.add(what);
                    }

                    @Override
                    public void note(String what) {}

                    @Override
                    public void read(long bytes) {}
                });
                try (StoredContents contents = StoredContents.of(image)) {
                    assertThat(contents.eventCount()).isEqualTo(rolls + 2);
                }
            }
            assertThat(damage).isEmpty();
            assertThat(looks.get() > LOOKS).as("taken anew").isEqualTo(rolls > 1);
        }
    }
}
