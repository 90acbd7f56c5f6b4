package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.journal.allsource.engine.Model;
import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventReader;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.spi.PageBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * One thread appends to a tail segment while others read, without a lock: every interleaving that is tried must look as
 * if each operation had happened at one moment. Lincheck makes up the operations, and a failure prints the threads'
 * steps.
 */
class TailLincheckTest {

    private static final int ITERATIONS = Seeds.count("lincheck.iterations", 1);

    private static final String STORE = "00000000-0000-0001-0000-000000000002";
    private static final StreamId STREAM = new StreamId("account|1");

    private static List<StoredEvent> events(long firstSequenceNr, long firstPosition, int count) {
        List<StoredEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(new StoredEvent(STREAM, firstSequenceNr + i, new Position(STORE, 0, 0, firstPosition + i),
                    "writer", Envelope.of("noted", 1, Payload.json(new byte[]{'1'}), Set.of(),
                            EventMetadata.at(Model.NOW), null)));
        }
        return events;
    }

    /** What a reader of one stream sees: all events of an append or none. */
    public static final class OfAStream {

        private final TailStream stream = new TailStream(STREAM, 0);

        @Operation(nonParallelGroup = "the writer")
        public void appendTwo() {
            stream.publish(events(stream.version() + 1, stream.version() + 1, 2));
        }

        @Operation(nonParallelGroup = "the writer")
        public void appendThree() {
            stream.publish(events(stream.version() + 1, stream.version() + 1, 3));
        }

        @Operation
        public long version() {
            return stream.version();
        }

        @Operation
        public List<Long> read() {
            PageBuilder<StoredEvent> page = PageBuilder.ofEvents(EventReader.MAX_PAGE);
            stream.read(1, Long.MAX_VALUE, page);
            return page.elements().stream().map(StoredEvent::sequenceNr).toList();
        }

        @Operation
        public List<Long> readBackwards() {
            PageBuilder<StoredEvent> page = PageBuilder.ofEvents(EventReader.MAX_PAGE);
            stream.readBackwards(Long.MAX_VALUE, 1, page);
            return page.elements().stream().map(StoredEvent::sequenceNr).toList();
        }
    }

    /** What a reader in the order of positions sees: everything that was published together, and no gap. */
    public static final class OfPositions {

        private final TailSegment tail = new TailSegment(1);
        private final TailStream stream = tail.add(STREAM, 0);

        @Operation(nonParallelGroup = "the writer")
        public void appendOneAndTwo() {
            tail.add(stream, events(stream.version() + 1, tail.lastPosition() + 1, 1));
            tail.add(stream, events(stream.version() + 1, tail.lastPosition() + 2, 2));
            tail.publish();
        }

        @Operation
        public long lastPosition() {
            return tail.lastPosition();
        }

        @Operation
        public List<Long> readAfterOne() {
            List<StoredEvent> page = new ArrayList<>();
            tail.copyAfter(1, Integer.MAX_VALUE, page);
            return page.stream().map(event -> event.position().index()).toList();
        }

        @Operation
        public int readAll() {
            return tail.all().size();
        }
    }

    private static StressOptions stress() {
        return new StressOptions().iterations(ITERATIONS)
                .invocationsPerIteration(300)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(1);
    }

    private static ModelCheckingOptions modelChecking() {
        return new ModelCheckingOptions().iterations(ITERATIONS)
                .invocationsPerIteration(100)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(1);
    }

    @Test
    void a_stream_is_read_as_if_appends_were_one_step() {
        stress().check(OfAStream.class);
    }

    @Test
    void a_stream_is_read_so_in_every_interleaving_that_is_tried() {
        modelChecking().check(OfAStream.class);
    }

    @Test
    void positions_are_read_as_if_a_group_were_one_step() {
        stress().check(OfPositions.class);
    }

    @Test
    void positions_are_read_so_in_every_interleaving_that_is_tried() {
        modelChecking().check(OfPositions.class);
    }
}
