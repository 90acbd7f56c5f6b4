package dev.allframe.projection.fold;

import static dev.allframe.projection.QueryOption.after;
import static dev.allframe.projection.QueryOption.descending;
import static dev.allframe.projection.QueryOption.limit;
import static dev.allframe.projection.Range.all;
import static dev.allframe.projection.Range.atLeast;
import static dev.allframe.projection.Range.between;
import static dev.allframe.projection.Range.startsWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.codec.RowCodec;
import dev.allframe.codec.jackson.JacksonRowCodec;
import dev.allframe.projection.Change;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Rows;
import dev.allframe.projection.Version;
import dev.allframe.projection.fold.Things.Row;
import dev.allframe.projection.fold.Things.ThingEvent;
import dev.allframe.projection.fold.ViewFold.Folded;
import dev.allframe.store.EventPage;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewTables;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ViewFoldTest {

    private static final RowCodec<Row> CODEC = JacksonRowCodec.of(Row.class);

    private final Things.Log log = new Things.Log();
    private final MemoryViewStore store = new MemoryViewStore();
    private final ViewTables tables = store.create("things");

    private ViewFold<String, Row> begin(ProjectionType<String, Row> type) {
        return ViewFold.begin(type, CODEC, tables, Things.STORE, Clock.systemUTC());
    }

    private static HandledPage<String, Row> page(ProjectionType<String, Row> type, List<StoredEvent> events) {
        return new Handlers<>(type, Things.codecs())
                .handle(new EventPage(events, events.getLast().position(), false));
    }

    private StoredRows<String, Row> rows(ProjectionType<String, Row> type) {
        return new StoredRows<>(type, CODEC, tables);
    }

    /** The same meaning, written without any of the classes under test. */
    private static final class Model {

        private final Map<String, Row> rows = new TreeMap<>();

        private static Row there(@Nullable Row row) {
            return Objects.requireNonNull(row);
        }

        /** Whether the event is one that fails; then nothing is changed. */
        boolean fails(String id, ThingEvent event) {
            Map<String, Row> before = new TreeMap<>(rows);
            Row row = rows.get(id);
            try {
                switch (event) {
                    case ThingEvent.Made(var group, var amount) -> rows.put(id, new Row(group, amount, null));
                    case ThingEvent.Added(var amount) -> rows.put(id, there(row).plus(amount));
                    case ThingEvent.Grown(var amount) ->
                        rows.put(id, (row == null ? new Row("none", 0, null) : row).plus(amount));
                    case ThingEvent.Moved(var group, var nickname) ->
                        rows.put(id, new Row(group, there(row).amount(), nickname));
                    case ThingEvent.Regrouped(var from, var to) ->
                        rows.replaceAll((key, each) -> each.group().equals(from) ? each.in(to) : each);
                    case ThingEvent.Removed() -> rows.remove(id);
                    case ThingEvent.Noted() -> {
                    }
                    case ThingEvent.Doubled(var twin) -> {
                        rows.put(id, there(row).plus(1));
                        rows.put(twin, new Row("twins", 0, null));
                        rows.replaceAll((key, each) -> each.group().equals("twins") ? each.plus(2) : each);
                        rows.put(id, there(rows.get(id)).plus(there(rows.get(id)).amount()));
                    }
                }
                return false;
            } catch (NullPointerException | ArithmeticException failed) {
                rows.clear();
                rows.putAll(before);
                return true;
            }
        }
    }

    private static ThingEvent event(Random random, String twin) {
        String group = "g" + random.nextInt(4);
        long large = random.nextBoolean() ? Long.MAX_VALUE : Long.MAX_VALUE / 2 + 5; // of the latter the double fails
        long amount = random.nextInt(20) == 0 ? large : random.nextInt(9) - 4;
        return switch (random.nextInt(8)) {
            case 0 -> new ThingEvent.Made(group, amount);
            case 1 -> new ThingEvent.Added(amount);
            case 2 -> new ThingEvent.Grown(amount);
            case 3 -> new ThingEvent.Moved(group, random.nextBoolean() ? null : "n" + random.nextInt(3));
            case 4 -> new ThingEvent.Regrouped(group, "g" + random.nextInt(4));
            case 5 -> new ThingEvent.Removed();
            case 6 -> new ThingEvent.Noted();
            default -> new ThingEvent.Doubled(twin);
        };
    }

    @Test
    void pages_of_any_length_make_what_single_events_make_and_stand_before_those_that_fail() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("test.seed=" + seed);
        Random random = new Random(seed);
        Model model = new Model();
        ViewFold<String, Row> fold = begin(Things.THINGS);
        for (int step = 0; step < 150; step++) {
            List<StoredEvent> page = new ArrayList<>();
            StoredEvent failing = null;
            int length = 1 + random.nextInt(20);
            while (page.size() < length) {
                String id = "t" + random.nextInt(8);
                ThingEvent event = event(random, "t" + random.nextInt(8));
                boolean fails = failing == null && model.fails(id, event);
                page.add(log.next(id, event));
                if (fails) {
                    failing = page.getLast();
                    length = page.size();
                }
            }

            Folded<String, Row> folded = fold.apply(page(Things.THINGS, page));
            if (failing == null) {
                assertThat(folded.failure()).isNull();
                assertThat(folded.state().position()).isEqualTo(page.getLast().position());
            } else {
                FoldFailure failure = Objects.requireNonNull(folded.failure());
                assertThat(failure.position()).isEqualTo(failing.position());
                assertThat(folded.state().position().compareTo(failing.position())).isNegative();
                fold.skip(new Skip(failing.stream(), failing.sequenceNr()), "to go on");
                assertThat(fold.apply(page(Things.THINGS, List.of(failing))).failure()).isNull();
            }
            assertSame(model.rows, fold.state());
            if (random.nextInt(4) == 0) {
                fold.flush();
                fold = ViewFold.resume(Things.THINGS, CODEC, tables, Clock.systemUTC());
            }
        }
    }

    private void assertSame(Map<String, Row> wanted, FoldState state) {
        StoredRows<String, Row> view = rows(Things.THINGS);
        assertThat(asMap(paged(options -> view.range(all(), options)))).isEqualTo(wanted);
        assertThat(state.rows()).isEqualTo(wanted.size());
        Digest digest = Digest.NONE;
        for (Map.Entry<String, Row> entry : wanted.entrySet()) {
            digest = digest
                    .plus(Digest.of(Things.THINGS.keys().encode(entry.getKey()), CODEC.encode(entry.getValue())));
        }
        assertThat(state.digest()).isEqualTo(digest);
        for (String group : List.of("g0", "g1", "g2", "g3", "none", "twins", "")) {
            List<String> keys = wanted.entrySet()
                    .stream()
                    .filter(entry -> entry.getValue().group().equals(group))
                    .map(Map.Entry::getKey)
                    .toList();
            assertThat(view.by(Things.GROUP, group).keys()).isEqualTo(keys);
            assertThat(view.count(Things.GROUP, group)).isEqualTo(keys.size());
        }
        List<String> byAmount = wanted.entrySet()
                .stream()
                .filter(entry -> entry.getValue().amount() >= 0)
                .sorted(Map.Entry.<String, Row>comparingByValue(Comparator.comparingLong(Row::amount))
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(paged(options -> view.range(Things.AMOUNT, atLeast(0L), options)).stream()
                .map(Rows.Entry::key)
                .toList()).isEqualTo(byAmount);
        assertThat(view.range(Things.AMOUNT, atLeast(0L), descending()).keys()).isEqualTo(byAmount.reversed());
        wanted.forEach((key, row) -> assertThat(view.get(key)).contains(row));
    }

    /** Reads to the end by cursors, two rows at a time. */
    private static List<Rows.Entry<String, Row>> paged(Function<QueryOption[], Rows<String, Row>> query) {
        List<Rows.Entry<String, Row>> found = new ArrayList<>();
        Rows<String, Row> page = query.apply(new QueryOption[]{limit(2)});
        found.addAll(page.entries());
        while (page.next().isPresent()) {
            page = query.apply(new QueryOption[]{limit(2), after(page.next().get())});
            found.addAll(page.entries());
        }
        return found;
    }

    private static Map<String, Row> asMap(List<Rows.Entry<String, Row>> entries) {
        Map<String, Row> map = new TreeMap<>();
        entries.forEach(entry -> map.put(entry.key(), entry.row()));
        return map;
    }

    @Test
    void a_page_without_changes_moves_the_position_and_writes_nothing() {
        ViewFold<String, Row> fold = begin(Things.THINGS);

        Folded<String, Row> folded = fold.apply(page(Things.THINGS, List.of(log.next("a", new ThingEvent.Noted()))));

        assertThat(folded.changes()).isEmpty();
        assertThat(folded.state().position().index()).isEqualTo(1);
        assertThat(ViewFold.resume(Things.THINGS, CODEC, tables, Clock.systemUTC()).state().position())
                .isEqualTo(Position.START);
        fold.flush();
        assertThat(ViewFold.resume(Things.THINGS, CODEC, tables, Clock.systemUTC()).state().position().index())
                .isEqualTo(1);
    }

    private static final ProjectionType<String, Row> PARKING = ProjectionType
            .named("things", Version.version(1), String.class, Row.class)
            .from(Things.THING, Things::onThing)
            .perStream()
            .parkFailures();

    @Test
    void a_stream_whose_event_fails_waits_and_others_go_on_until_it_is_tried_again() {
        ViewFold<String, Row> fold = begin(PARKING);
        List<StoredEvent> events = List.of(log.next("a", new ThingEvent.Added(1)),
                log.next("b", new ThingEvent.Made("g", 1)), log.next("a", new ThingEvent.Made("g", 5)),
                log.next("b", new ThingEvent.Added(2)));

        Folded<String, Row> folded = fold.apply(page(PARKING, events));

        assertThat(folded.failure()).isNull();
        assertThat(folded.state().position()).isEqualTo(events.getLast().position());
        assertThat(rows(PARKING).get("a")).isEmpty();
        assertThat(rows(PARKING).get("b")).contains(new Row("g", 3, null));
        StreamId waiting = StreamId.of("thing", "a");
        ViewFold<String, Row> again = ViewFold.resume(PARKING, CODEC, tables, Clock.systemUTC());
        assertThat(again.parked()).extracting(Parked::stream, Parked::firstSequenceNr)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(waiting, 1L));
        assertThat(again.parked().getFirst().reason()).contains("there is no row of key a");

        List<StoredEvent> ofA = events.stream().filter(event -> event.stream().equals(waiting)).toList();
        again.retry(waiting, page(PARKING, ofA).events(), OptionalLong.empty());
        assertThat(again.parked()).as("it fails again").hasSize(1);
        again.skip(new Skip(waiting, 1), "it was a mistake");
        again.retry(waiting, page(PARKING, ofA).events(), OptionalLong.empty());

        assertThat(again.parked()).isEmpty();
        assertThat(rows(PARKING).get("a")).contains(new Row("g", 5, null));
        assertThat(ViewFold.resume(PARKING, CODEC, tables, Clock.systemUTC()).parked()).isEmpty();
        assertThat(again.state().position()).isEqualTo(events.getLast().position());
    }

    /** Whether failures park is no part of what a generation is made from. */
    @Test
    void a_stream_that_is_parked_stays_so_where_a_retry_fails_in_code_that_parks_no_more() {
        ViewFold<String, Row> parking = begin(PARKING);
        List<StoredEvent> events = List.of(log.next("a", new ThingEvent.Added(1)));
        parking.apply(page(PARKING, events));
        ProjectionType<String, Row> stopping = ProjectionType
                .named("things", Version.version(1), String.class, Row.class)
                .from(Things.THING, Things::onThing)
                .perStream();
        ViewFold<String, Row> fold = ViewFold.resume(stopping, CODEC, tables, Clock.systemUTC());

        fold.retry(StreamId.of("thing", "a"), page(stopping, events).events(), OptionalLong.empty());

        assertThat(fold.parked()).extracting(Parked::firstSequenceNr).containsExactly(1L);
        assertThat(ViewFold.resume(stopping, CODEC, tables, Clock.systemUTC()).parked()).hasSize(1);
    }

    @Test
    void a_view_stops_at_the_stream_that_is_one_too_many_to_park() {
        ViewFold<String, Row> fold = begin(PARKING);
        List<StoredEvent> failing = new ArrayList<>();
        for (int i = 0; i <= ViewFold.MAX_PARKED; i++) {
            failing.add(log.next("t" + i, new ThingEvent.Added(1)));
        }

        Folded<String, Row> folded = fold.apply(page(PARKING, failing));

        assertThat(Objects.requireNonNull(folded.failure()).position()).isEqualTo(failing.getLast().position());
        assertThat(fold.parked()).hasSize(ViewFold.MAX_PARKED);
    }

    @Test
    void a_retry_in_pieces_remembers_how_far_it_came() {
        ViewFold<String, Row> fold = begin(PARKING);
        List<StoredEvent> events = List.of(log.next("a", new ThingEvent.Added(1)),
                log.next("a", new ThingEvent.Made("g", 5)), log.next("a", new ThingEvent.Added(1)));
        fold.apply(page(PARKING, events));
        StreamId waiting = StreamId.of("thing", "a");
        fold.skip(new Skip(waiting, 1), "");

        fold.retry(waiting, page(PARKING, events.subList(0, 2)).events(), OptionalLong.of(3));
        assertThat(fold.parked()).extracting(Parked::firstSequenceNr).containsExactly(3L);
        assertThat(rows(PARKING).get("a")).contains(new Row("g", 5, null));
        fold.retry(waiting, page(PARKING, events.subList(2, 3)).events(), OptionalLong.empty());

        assertThat(fold.parked()).isEmpty();
        assertThat(rows(PARKING).get("a")).contains(new Row("g", 6, null));
    }

    @Test
    void a_retry_in_pieces_counts_the_records_that_no_handler_wants() {
        ViewFold<String, Row> fold = begin(PARKING);
        List<StoredEvent> events = List.of(log.next("a", new ThingEvent.Added(1)),
                log.next("a", new ThingEvent.Made("g", 5)), log.next("a", new ThingEvent.Made("g", 6)));
        fold.apply(page(PARKING, events));
        StreamId waiting = StreamId.of("thing", "a");
        fold.skip(new Skip(waiting, 1), "");

        fold.retry(waiting, page(PARKING, events.subList(0, 2)).events(), OptionalLong.of(1_001));
        assertThat(fold.parked()).extracting(Parked::firstSequenceNr).containsExactly(1_001L);
        fold.retry(waiting, List.of(), OptionalLong.of(2_001));
        assertThat(fold.parked()).extracting(Parked::firstSequenceNr).containsExactly(2_001L);
        assertThat(ViewFold.resume(PARKING, CODEC, tables, Clock.systemUTC()).parked())
                .extracting(Parked::firstSequenceNr)
                .containsExactly(2_001L);

        fold.retry(waiting, List.of(), OptionalLong.empty());
        assertThat(fold.parked()).isEmpty();
        assertThat(rows(PARKING).get("a")).contains(new Row("g", 5, null));
    }

    @Test
    void a_retry_tells_which_event_fails_again_and_waits_before_it() {
        ViewFold<String, Row> fold = begin(PARKING);
        List<StoredEvent> events = List.of(log.next("a", new ThingEvent.Added(1)),
                log.next("a", new ThingEvent.Noted()), log.next("a", new ThingEvent.Added(2)));
        Folded<String, Row> parked = fold.apply(page(PARKING, events));
        StreamId waiting = StreamId.of("thing", "a");
        fold.skip(new Skip(waiting, 1), "");

        Folded<String, Row> tried = fold.retry(waiting, page(PARKING, events).events(), OptionalLong.of(1_001));

        assertThat(Objects.requireNonNull(tried.failure()).sequenceNr()).isEqualTo(3);
        assertThat(tried.state()).isEqualTo(parked.state());
        assertThat(fold.parked()).extracting(Parked::firstSequenceNr).containsExactly(3L);
    }

    @Test
    void an_event_that_changes_the_row_of_another_instance_fails_where_rows_are_per_stream() {
        ProjectionType<String, Row> type = ProjectionType.named("things", Version.version(1), String.class, Row.class)
                .from(Things.THING, (event, info) -> Change.put(info.id() + "x", new Row("g", 1, null)))
                .perStream();

        Folded<String, Row> folded = begin(type).apply(page(type, List.of(log.next("a", new ThingEvent.Noted()))));

        assertThat(Objects.requireNonNull(folded.failure()).cause()).hasMessageContaining("perStream");
    }

    record Sum(BigDecimal value) {}

    @Test
    void a_row_that_cannot_be_written_is_the_failure_of_its_event() {
        BigDecimal unwritable = new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE);
        ProjectionType<String, Sum> type = ProjectionType.named("sums", Version.version(1), String.class, Sum.class)
                .from(Things.THING, (event, info) -> Change.put(info.id(),
                        new Sum(info.id().equals("bad") ? unwritable : BigDecimal.ONE)));
        List<StoredEvent> events = List.of(log.next("good", new ThingEvent.Noted()),
                log.next("bad", new ThingEvent.Noted()), log.next("late", new ThingEvent.Noted()));
        RowCodec<Sum> codec = JacksonRowCodec.of(Sum.class);

        Folded<String, Sum> folded = ViewFold.begin(type, codec, tables, Things.STORE, Clock.systemUTC())
                .apply(new Handlers<>(type, Things.codecs())
                        .handle(new EventPage(events, events.getLast().position(), true)));

        assertThat(Objects.requireNonNull(folded.failure()).stream()).isEqualTo(events.get(1).stream());
        assertThat(new StoredRows<>(type, codec, tables).range(all()).keys()).containsExactly("good");
    }

    @Test
    void a_page_of_many_rows_which_several_threads_write_is_as_the_same_rows_in_small_pages() {
        int many = 3_000;
        ProjectionType<String, Row> type = Things.THINGS;
        List<StoredEvent> made = IntStream.range(0, many)
                .mapToObj(i -> log.next("t" + i, new ThingEvent.Made("g" + i % 7, i)))
                .toList();
        List<StoredEvent> changed = IntStream.range(0, many)
                .mapToObj(i -> log.next("t" + i, new ThingEvent.Added(i % 3)))
                .toList();
        ViewFold<String, Row> inLarge = begin(type);
        ViewFold<String, Row> inSmall = ViewFold.begin(type, CODEC, store.create("small"), Things.STORE,
                Clock.systemUTC());

        Folded<String, Row> folded = inLarge.apply(page(type, made));
        Folded<String, Row> again = inLarge.apply(page(type, changed));
        for (List<StoredEvent> events : List.of(made, changed)) {
            for (int from = 0; from < many; from += 300) {
                inSmall.apply(page(type, events.subList(from, from + 300)));
            }
        }

        assertThat(folded.changes()).hasSize(many);
        assertThat(again.changes()).hasSize(many - many / 3);
        assertThat(inLarge.state()).isEqualTo(inSmall.state());
    }

    @Test
    void a_row_among_many_that_cannot_be_written_is_the_failure_of_its_event() {
        int many = 2_000;
        int bad = 1_234;
        BigDecimal unwritable = new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE);
        ProjectionType<String, Sum> type = ProjectionType.named("sums", Version.version(1), String.class, Sum.class)
                .from(Things.THING, (event, info) -> Change.put(info.id(),
                        new Sum(info.id().equals("t" + bad) ? unwritable : BigDecimal.ONE)));
        List<StoredEvent> events = IntStream.range(0, many)
                .mapToObj(i -> log.next("t" + i, new ThingEvent.Noted()))
                .toList();
        RowCodec<Sum> codec = JacksonRowCodec.of(Sum.class);

        Folded<String, Sum> folded = ViewFold.begin(type, codec, tables, Things.STORE, Clock.systemUTC())
                .apply(new Handlers<>(type, Things.codecs())
                        .handle(new EventPage(events, events.getLast().position(), true)));

        assertThat(Objects.requireNonNull(folded.failure()).stream()).isEqualTo(events.get(bad).stream());
        assertThat(folded.state().rows()).isEqualTo(bad);
    }

    @Test
    void questions_that_a_view_cannot_answer_are_refused() {
        begin(Things.THINGS);
        StoredRows<String, Row> view = rows(PARKING);

        assertThatThrownBy(() -> view.by(Things.GROUP, "g")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no index 'group'");
        assertThatThrownBy(() -> view.range(startsWith("t"), after("???"))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no cursor");
        assertThatThrownBy(() -> view.range(startsWith("t"), after("YQ"))).as("outside of the range")
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no cursor of an answer to this question");
        assertThatThrownBy(() -> limit(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(rows(Things.THINGS).range(Things.AMOUNT, between(5L, 1L)).entries()).isEmpty();
    }

    @Test
    void a_definition_tells_all_that_is_wrong_with_it() {
        ProjectionType<List<?>, Row> wrong = ProjectionType
                .<List<?>, Row>named("No", Version.version(1), listClass(), Row.class)
                .indexedBy(Things.GROUP, Things.GROUP)
                .parkFailures();

        assertThat(wrong.problems()).hasSize(5);
    }

    @Test
    void a_view_of_two_aggregates_cannot_be_per_stream() {
        AggregateType<Things.ThingCommand, ThingEvent, Things.ThingState> other = AggregateType.named("other",
                Things.ThingCommand.class, ThingEvent.class, Things.ThingState.class, Things.THING.aggregate());
        ProjectionType<String, Row> both = PARKING.from(other, Things::onThing);

        assertThat(PARKING.problems()).isEmpty();
        assertThat(Things.THINGS.from(other, Things::onThing).problems()).isEmpty();
        assertThat(both.problems()).singleElement()
                .asString()
                .contains("perStream()", "2 aggregates", "instances of the same id");
    }

    @SuppressWarnings("unchecked")
    private static Class<List<?>> listClass() {
        return (Class<List<?>>) (Class<?>) List.class;
    }
}
