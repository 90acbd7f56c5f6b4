package dev.allframe.projection.fold;

import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.put;
import static dev.allframe.projection.Change.remove;
import static dev.allframe.projection.Change.update;
import static dev.allframe.projection.Version.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.codec.RowCodec;
import dev.allframe.codec.jackson.JacksonRowCodec;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.Range;
import dev.allframe.projection.RangeIndex;
import dev.allframe.projection.fold.Things.ThingEvent;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventPage;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The tables of a generation, version 1, as they were first written: read for ever, and still written so. */
class GoldenGenerationTest {

    private static final String GOLDEN = "/golden/view-v1/tables.txt";
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T10:00:00.123Z"), ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();

    enum Shade {
        LIGHT, DARK
    }

    record Spot(String thing, Shade shade) {}

    record Line(String group, BigDecimal amount, @Nullable String nickname) {}

    record GroupAndAmount(String group, BigDecimal amount) {}

    private static final Index<Line, String> NICKNAME = Index.on("nickname", Line::nickname, Keys.STRING);
    private static final RangeIndex<Line, BigDecimal> AMOUNT = RangeIndex.on("amount", Line::amount, Keys.DECIMAL);
    private static final RangeIndex<Line, GroupAndAmount> BOTH = RangeIndex.on("both",
            line -> new GroupAndAmount(line.group(), line.amount()), Keys.of(GroupAndAmount.class));

    private static final ProjectionType<Spot, Line> SPOTS = ProjectionType
            .named("spots", version(7), Spot.class, Line.class)
            .indexedBy(NICKNAME, AMOUNT, BOTH)
            .from(Things.THING, GoldenGenerationTest::onThing)
            .perStream()
            .parkFailures();

    private static final RowCodec<Line> CODEC = JacksonRowCodec.of(Line.class);

    private static Change<Spot, Line> onThing(ThingEvent event, EventInfo info) {
        Spot light = new Spot(info.id(), Shade.LIGHT);
        return switch (event) {
            case ThingEvent.Made(var group, var amount) ->
                put(light, new Line(group, new BigDecimal(amount).movePointLeft(2), null));
            case ThingEvent.Moved(var group, var nickname) ->
                update(light, line -> new Line(group, line.amount(), nickname));
            case ThingEvent.Added(var amount) ->
                update(light, line -> new Line(line.group(), line.amount().add(new BigDecimal(amount)), null));
            case ThingEvent.Removed() -> remove(light);
            case ThingEvent.Grown(var amount) ->
                put(new Spot(info.id(), Shade.DARK), new Line("dark", new BigDecimal(amount), null));
            case ThingEvent.Regrouped(var from, var to) -> none();
            case ThingEvent.Noted() -> none();
            case ThingEvent.Doubled(var twin) -> none();
        };
    }

    private static HandledPage<Spot, Line> page(StoredEvent... events) {
        return new Handlers<>(SPOTS, Things.codecs())
                .handle(new EventPage(List.of(events), events[events.length - 1].position(), true));
    }

    /** Two rows and one that was removed, a parked stream, an event that is left out, and followed orders. */
    private static ViewTables folded() {
        Things.Log log = new Things.Log();
        ViewTables tables = new MemoryViewStore().create("spots");
        ViewFold<Spot, Line> fold = ViewFold.begin(SPOTS, CODEC, tables, Things.STORE, CLOCK);
        fold.apply(page(log.next("a", new ThingEvent.Made("g1", 150)),
                log.next("\u00e9\0\ud83d\ude00", new ThingEvent.Grown(-7)),
                log.next("a", new ThingEvent.Moved("g2", "nick")), log.next("b", new ThingEvent.Added(1)),
                log.next("c", new ThingEvent.Made("g1", 5)), log.next("c", new ThingEvent.Removed())));
        fold.skip(new Skip(StreamId.of("thing", "d"), 1), "nobody needs it");
        fold.followed(3);
        fold.apply(page(log.next("b", new ThingEvent.Made("g1", 1)), log.next("e", new ThingEvent.Noted())));
        fold.flush();
        return tables;
    }

    private static String dump(ViewTables tables) {
        StringBuilder all = new StringBuilder();
        for (ViewTable table : ViewTable.values()) {
            try (Cursor entries = tables.cursor(table, KeyRange.all(), false)) {
                while (entries.next()) {
                    all.append(table.stored())
                            .append(' ')
                            .append(HEX.formatHex(entries.key()))
                            .append(' ')
                            .append(HEX.formatHex(entries.value()))
                            .append('\n');
                }
            }
        }
        return all.toString();
    }

    private static String golden() throws IOException {
        try (InputStream in = GoldenGenerationTest.class.getResourceAsStream(GOLDEN)) {
            return new String(Objects.requireNonNull(in, GOLDEN).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Writes the golden file; only ever run when a format version begins. */
    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of(args[0]), dump(folded()));
    }

    /** An entry of the golden file. */
    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    private record Entry(ViewTable table, byte[] key, byte[] value) {}

    private static List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String line : golden().lines().toList()) {
            String[] parts = line.split(" ", -1);
            ViewTable table = Arrays.stream(ViewTable.values())
                    .filter(each -> each.stored().equals(parts[0]))
                    .findFirst()
                    .orElseThrow();
            entries.add(new Entry(table, HEX.parseHex(parts[1]), HEX.parseHex(parts[2])));
        }
        return entries;
    }

    private static ViewTables read() throws IOException {
        ViewTables tables = new MemoryViewStore().create("spots");
        ViewBatch batch = new ViewBatch();
        entries().forEach(entry -> batch.put(entry.table(), entry.key(), entry.value()));
        tables.write(batch);
        return tables;
    }

    @Test
    void these_events_still_make_these_bytes() throws IOException {
        assertThat(dump(folded())).isEqualTo(golden());
    }

    @Test
    void the_bytes_are_read_as_these_rows() throws IOException {
        StoredRows<Spot, Line> rows = new StoredRows<>(SPOTS, CODEC, read());
        Spot a = new Spot("a", Shade.LIGHT);
        Spot dark = new Spot("\u00e9\0\ud83d\ude00", Shade.DARK);
        Line ofA = new Line("g2", new BigDecimal("1.50"), "nick");
        Line ofDark = new Line("dark", new BigDecimal("-7"), null);

        assertThat(rows.count()).isEqualTo(2);
        assertThat(rows.get(a)).contains(ofA);
        assertThat(rows.get(dark)).contains(ofDark);
        assertThat(rows.get(new Spot("c", Shade.LIGHT))).isEmpty();
        assertThat(rows.by(NICKNAME, "nick").entries()).extracting(entry -> entry.key()).containsExactly(a);
        assertThat(rows.range(AMOUNT, Range.all()).entries()).extracting(entry -> entry.key())
                .containsExactly(dark, a);
        assertThat(rows.range(BOTH, Range.leading("g2")).entries()).extracting(entry -> entry.row())
                .containsExactly(ofA);
        assertThat(rows.range(Range.all()).entries()).extracting(entry -> entry.key()).containsExactly(a, dark);
    }

    @Test
    void the_bytes_are_read_as_this_state_and_the_fold_goes_on() throws IOException {
        ViewTables tables = read();
        Position end = new Position(Things.STORE, 0, 0, 8);

        assertThat(ViewFold.origin(tables).orElseThrow().differences(Origin.of(Things.STORE, SPOTS, CODEC))).isEmpty();
        ViewFold<Spot, Line> fold = ViewFold.resume(SPOTS, CODEC, tables, CLOCK);
        assertThat(fold.state().position()).isEqualTo(end);
        assertThat(fold.state().digest()).hasToString("59ca8de16d6d40ddee02c93bb1b2dfe5");
        assertThat(Objects.requireNonNull(fold.state().witness()))
                .isEqualTo(new Witness(StreamId.of("thing", "e"), 1, end, 0x8625448a));
        assertThat(fold.orders()).isEqualTo(3);
        assertThat(fold.parked()).containsExactly(new Parked(StreamId.of("thing", "b"), 1, CLOCK.instant(),
                "java.lang.IllegalStateException: there is no row of key Spot[thing=b, shade=LIGHT] to update"));
        Things.Log log = new Things.Log();
        fold.apply(page(log.next("d", new ThingEvent.Made("g1", 1)), log.next("d", new ThingEvent.Grown(2))));
        StoredRows<Spot, Line> rows = new StoredRows<>(SPOTS, CODEC, tables);
        assertThat(rows.get(new Spot("d", Shade.LIGHT))).isEmpty();
        assertThat(rows.get(new Spot("d", Shade.DARK))).isPresent();
    }

    private static void decode(Entry entry, byte[] value) {
        switch (entry.table()) {
            case META -> {
                if (Arrays.equals(entry.key(), GenerationFormat.ORIGIN)) {
                    GenerationFormat.origin(value);
                } else if (Arrays.equals(entry.key(), GenerationFormat.STATE)) {
                    GenerationFormat.state(value);
                } else {
                    GenerationFormat.orders(value);
                }
            }
            case PARKED -> GenerationFormat.parked(entry.key(), value);
            case ROWS, INDEXES -> throw new AssertionError("they have no format of their own");
        }
    }

    @Test
    void a_value_that_is_cut_or_of_another_format_is_refused() throws IOException {
        List<Entry> formatted = entries().stream()
                .filter(entry -> entry.table() == ViewTable.META
                        || (entry.table() == ViewTable.PARKED && entry.key()[0] == GenerationFormat.PARKED))
                .toList();
        assertThat(formatted).hasSize(4);
        for (Entry entry : formatted) {
            for (int length = 0; length < entry.value().length; length++) {
                byte[] cut = Arrays.copyOf(entry.value(), length);
                assertThatThrownBy(() -> decode(entry, cut)).isInstanceOf(CorruptStoreException.class);
            }
            byte[] longer = Arrays.copyOf(entry.value(), entry.value().length + 1);
            assertThatThrownBy(() -> decode(entry, longer)).isInstanceOf(CorruptStoreException.class);
            byte[] newer = entry.value().clone();
            newer[1] = 2;
            assertThatThrownBy(() -> decode(entry, newer)).isInstanceOf(UnsupportedFormatException.class);
        }
    }
}
