package dev.allframe.journal.allsource.views;

import static dev.allframe.projection.Change.put;
import static dev.allframe.projection.Version.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.RowCodec;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.codec.jackson.JacksonRowCodec;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.fold.Handlers;
import dev.allframe.projection.fold.Origin;
import dev.allframe.projection.fold.StoredRows;
import dev.allframe.projection.fold.ViewFold;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventPage;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A generation in RocksDB that was written once: every later version opens it, serves it and goes on with it. */
class GoldenViewTest {

    private static final String GOLDEN = "/golden/view-directory-v1/spots.zip";
    private static final String STORE_ID = "00000000-0000-0001-0000-000000000002";
    private static final long MEMORY = 8 << 20;
    private static final int SPOTS = 100;

    record Paint(String group) implements Command {}

    @Stored("painted")
    record Painted(String group) implements Event {}

    @Stored("state")
    record Spot() {}

    record Row(String group, int times) {}

    private static final AggregateType<Paint, Painted, Spot> SPOT = AggregateType.named("spot", Paint.class,
            Painted.class, Spot.class, new Aggregate<>() {
                @Override
                public Spot initialState() {
                    return new Spot();
                }

                @Override
                public Decision<Painted> decide(Spot state, Paint command) {
                    return Decision.noChange();
                }

                @Override
                public Spot evolve(Spot state, Painted event) {
                    return state;
                }
            });

    private static final Index<Row, String> GROUP = Index.on("group", Row::group, Keys.STRING);
    private static final ProjectionType<String, Row> VIEW = ProjectionType
            .named("spots", version(1), String.class, Row.class)
            .indexedBy(GROUP)
            .from(SPOT, (event, info) -> put(info.id(), new Row(event.group(), 1)));
    private static final RowCodec<Row> ROWS = JacksonRowCodec.of(Row.class);

    @TempDir
    Path directory;

    private static StoredEvent event(int number) {
        EncodedEvent encoded = JacksonEventCodec.of(SPOT).encode(new Painted("group " + number % 7));
        return new StoredEvent(StreamId.of("spot", "s" + number), 1, new Position(STORE_ID, 0, 0, number), "test",
                Envelope.of(encoded.type(), encoded.version(), Payload.json(encoded.bytes()), Set.of(),
                        EventMetadata.at(Instant.EPOCH), null));
    }

    private static void apply(ViewFold<String, Row> fold, int from, int to) {
        List<StoredEvent> events = new ArrayList<>();
        for (int number = from; number <= to; number++) {
            events.add(event(number));
        }
        Handlers.Codecs codecs = new Handlers.Codecs() {
            @Override
            public <E extends Event> EventCodec<E> of(ProjectionType.Source<E, ?, ?> source) {
                return JacksonEventCodec.of(source.aggregate());
            }
        };
        fold.apply(new Handlers<>(VIEW, codecs)
                .handle(new EventPage(events, events.getLast().position(), true)));
    }

    /** Writes the golden file; only ever run when a format version begins. */
    public static void main(String[] args) throws IOException {
        Path made = Files.createTempDirectory("golden-view");
        try (RocksViewStore store = RocksViewStore.open(made, MEMORY); ViewTables tables = store.create("spots")) {
            ViewFold<String, Row> fold = ViewFold.begin(VIEW, ROWS, tables, STORE_ID, Clock.systemUTC());
            apply(fold, 1, SPOTS);
            fold.followed(2);
            fold.flush();
            store.serve("spots", tables.generation());
        }
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(Path.of(args[0])))) {
            for (Map.Entry<Path, byte[]> file : StoredViews.files(made).entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey().toString());
                entry.setTime(0);
                zip.putNextEntry(entry);
                zip.write(file.getValue());
            }
        }
        StoredViews.delete(made);
    }

    private static Map<Path, byte[]> golden() {
        Map<Path, byte[]> files = new TreeMap<>();
        try (InputStream in = Objects.requireNonNull(GoldenViewTest.class.getResourceAsStream(GOLDEN), GOLDEN);
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(Path.of(entry.getName()), zip.readAllBytes());
            }
            return files;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void it_is_opened_served_and_gone_on_with() throws IOException {
        StoredViews.write(golden(), directory);
        try (RocksViewStore store = RocksViewStore.open(directory, MEMORY)) {
            assertThat(store.views()).containsExactly("spots");
            assertThat(store.served("spots")).hasValue(1);
            try (ViewTables tables = store.open("spots", 1)) {
                assertThat(ViewFold.origin(tables).orElseThrow().differences(Origin.of(STORE_ID, VIEW, ROWS)))
                        .isEmpty();
                ViewFold<String, Row> fold = ViewFold.resume(VIEW, ROWS, tables, Clock.systemUTC());
                assertThat(fold.state().position().index()).isEqualTo(SPOTS);
                assertThat(fold.state().digest()).hasToString("c9f5edb9983484ce005409146abf3526");
                assertThat(fold.orders()).isEqualTo(2);
                StoredRows<String, Row> rows = new StoredRows<>(VIEW, ROWS, tables);
                assertThat(rows.count()).isEqualTo(SPOTS);
                assertThat(rows.get("s93")).contains(new Row("group 2", 1));
                assertThat(rows.by(GROUP, "group 0").entries()).hasSize(14);

                apply(fold, SPOTS + 1, SPOTS + 5);
                fold.flush();

                assertThat(rows.by(GROUP, "group 0").entries()).hasSize(15);
            }
        }
        try (RocksViewStore store = RocksViewStore.open(directory, MEMORY); ViewTables again = store.open("spots", 1)) {
            assertThat(new StoredRows<>(VIEW, ROWS, again).count()).isEqualTo(SPOTS + 5);
        }
    }
}
