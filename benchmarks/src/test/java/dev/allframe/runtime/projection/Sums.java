package dev.allframe.runtime.projection;

import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.Range;
import dev.allframe.projection.RangeIndex;
import dev.allframe.projection.Rows;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.projection.fold.Parked;
import dev.allframe.runtime.projection.Counters.CounterEvent;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * Counters in a store, and what a view must answer about them, which is computed from nothing but how many events there
 * are. One stream is parked, and one event is left out. For one thread.
 */
final class Sums {

    /** What a view has of a counter. The text makes rows of several pages of a file. */
    record Sum(String name, long count, long total, String text) {

        Sum with(long number) {
            return new Sum(name, count + 1, total + number, textOf(name, count + 1));
        }
    }

    private static final String BAD = "bad";
    private static final String LEFT_OUT = "c3";
    private static final int STREAMS = 120;

    static final Index<Sum, Long> COUNT = Index.on("count", Sum::count, Keys.LONG);
    static final RangeIndex<Sum, Long> TOTAL = RangeIndex.on("total", Sum::total, Keys.LONG);
    static final RegisteredView<String, Sum> VIEW = RegisteredView.of(ProjectionType
            .named("sums", version(1), String.class, Sum.class)
            .indexedBy(COUNT, TOTAL)
            .from(Counters.COUNTER, Sums::onCounted)
            .perStream()
            .parkFailures());

    private final EventStoreBackend store;
    private final EventStore<CounterEvent> events;
    private final Map<String, Long> appended = new TreeMap<>();

    Sums(EventStoreBackend store) {
        this.store = store;
        this.events = EventStore.of(store, Counters.COUNTER, JacksonEventCodec.of(Counters.COUNTER));
        for (int i = 0; i < STREAMS; i++) {
            append("c" + i, 1 + i % 17);
        }
        append(BAD, 3);
        new ViewOrders(store)
                .give(VIEW.type().name(), new ViewOrder.EventSkipped("counter|" + LEFT_OUT, 2, "test", "no"))
                .toCompletableFuture()
                .join();
    }

    private static Change<String, Sum> onCounted(CounterEvent event, EventInfo info) {
        return switch (event) {
            case CounterEvent.Counted(var number) -> {
                if (info.id().equals(BAD) && number == 2) {
                    throw new IllegalStateException("bad");
                }
                yield upsert(info.id(), new Sum(info.id(), 0, 0, ""), row -> row.with(number));
            }
        };
    }

    /** Such as cannot be compressed. */
    private static String textOf(String name, long count) {
        byte[] bytes = new byte[250];
        new Random(name.hashCode() * 31L + count).nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Appends to a counter, and gives the token of the last event. */
    ConsistencyToken append(String id, int count) {
        long before = appended.getOrDefault(id, 0L);
        List<CounterEvent> more = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            more.add(new CounterEvent.Counted(before + i));
        }
        events.append(id, ExpectedVersion.exactly(before), more).toCompletableFuture().join();
        appended.put(id, before + count);
        return new ConsistencyToken(store.storeId(), StreamId.of("counter", id), before + count);
    }

    /** The name of a counter whose events are applied. */
    static String counter(int number) {
        return "c" + number % STREAMS;
    }

    /** What a view that has applied everything has of a counter. */
    Sum expected(String id) {
        List<Long> numbers = LongStream.rangeClosed(1, appended.getOrDefault(id, 0L)).boxed().toList();
        if (id.equals(BAD)) {
            numbers = List.of(1L);
        } else if (id.equals(LEFT_OUT)) {
            numbers = numbers.stream().filter(number -> number != 2).toList();
        }
        Sum sum = new Sum(id, 0, 0, "");
        for (long number : numbers) {
            sum = sum.with(number);
        }
        return sum;
    }

    /** Asks a view everything, and compares what it answers; the reasons of what it refuses. */
    List<RuntimeException> asked(ServedView<String, Sum> view, String digest) {
        List<RuntimeException> refused = new ArrayList<>();
        Published now = view.published();
        if (now == null || now.state().position().index() != end()) {
            refused.add(new ViewNotReadyException(VIEW.type().name(), "is not up to date"));
            return refused;
        }
        Map<String, Sum> rows = new TreeMap<>();
        appended.keySet().forEach(id -> rows.put(id, expected(id)));
        rows.forEach((id, row) -> same("row " + id, Optional.of(row), () -> view.get(id), refused));
        same("no row", Optional.empty(), () -> view.get("none"), refused);
        same("all rows", rows, () -> byKey(view.range(Range.all())), refused);
        for (long count = 0; count < 20; count++) {
            long wanted = count;
            List<String> keys = rows.values().stream().filter(row -> row.count() == wanted).map(Sum::name).toList();
            same("by count " + count, keys, () -> view.by(COUNT, wanted).keys(), refused);
            same("how many have count " + count, (long) keys.size(), () -> view.count(COUNT, wanted), refused);
        }
        same("by total", rows.values().stream().map(Sum::total).filter(total -> total > 20).sorted().toList(),
                () -> view.range(TOTAL, Range.atLeast(21L)).entries().stream().map(row -> row.row().total()).toList(),
                refused);
        same("count", (long) rows.size(), view::count, refused);
        same("digest", digest, () -> now.state().digest().toString(), refused);
        same("parked", List.of("counter|bad 2"), () -> now.parked().values().stream().map(Sums::named).toList(),
                refused);
        return refused;
    }

    /** The index of the last position of the store. */
    long end() {
        return store.lastPosition().toCompletableFuture().join().index();
    }

    private static String named(Parked parked) {
        return parked.stream() + " " + parked.firstSequenceNr();
    }

    private static Map<String, Sum> byKey(Rows<String, Sum> rows) {
        Map<String, Sum> byKey = new TreeMap<>();
        rows.entries().forEach(entry -> byKey.put(entry.key(), entry.row()));
        return byKey;
    }

    private static <T> void same(String what, T expected, Supplier<T> question, List<RuntimeException> refused) {
        T answer;
        try {
            answer = question.get();
        } catch (CorruptStoreException | ViewNotReadyException typed) {
            refused.add(typed);
            return;
        }
        if (!expected.equals(answer)) {
            throw new AssertionError(what + " is " + answer + ", not " + expected);
        }
    }
}
