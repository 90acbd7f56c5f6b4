package dev.allframe.projection.fold;

import dev.allframe.codec.CodecException;
import dev.allframe.codec.RowCodec;
import dev.allframe.failure.Failures;
import dev.allframe.projection.Change;
import dev.allframe.projection.Index;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ProjectionType.OnFailure;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Applies handled pages to the tables of one generation. Each page is one batch of rows, indexes, parked streams,
 * position and digest: after a crash the tables are at some earlier page, and say at which. For one thread, which may
 * change.
 */
public final class ViewFold<K, R> {

    /** So many streams are parked at most; the view stops at the next one that fails. */
    public static final int MAX_PARKED = 1_000;

    private static final int MAX_REASON = 1_000;

    private final ProjectionType<K, R> type;
    private final RowCodec<R> codec;
    private final ViewTables tables;
    private final Clock clock;
    private final Map<StreamId, Parked> parked = new TreeMap<>();
    private final Set<Skip> skips = new HashSet<>();
    private FoldState reached;
    private long orders;
    private long begunBehind;

    private ViewFold(ProjectionType<K, R> type, RowCodec<R> codec, ViewTables tables, Clock clock) {
        this.type = type;
        this.codec = codec;
        this.tables = tables;
        this.clock = clock;
        reached = state(tables);
        orders = number(GenerationFormat.ORDERS);
        begunBehind = number(GenerationFormat.BEGUN);
        readParked(tables, parked, skips);
    }

    /**
     * How far tables are.
     *
     * @throws CorruptStoreException if they do not say so
     */
    public static FoldState state(ViewReads tables) {
        byte[] state = tables.get(ViewTable.META, GenerationFormat.STATE);
        if (state == null) {
            throw new CorruptStoreException("a generation of a view has no state");
        }
        return GenerationFormat.state(state);
    }

    /** The streams that wait in tables, in the order of their ids. */
    public static List<Parked> parked(ViewReads tables) {
        Map<StreamId, Parked> parked = new TreeMap<>();
        readParked(tables, parked, new HashSet<>());
        return List.copyOf(parked.values());
    }

    private static void readParked(ViewReads tables, Map<StreamId, Parked> parked, Set<Skip> skips) {
        try (Cursor entries = tables.cursor(ViewTable.PARKED, KeyRange.all(), false)) {
            while (entries.next()) {
                Skip skip = GenerationFormat.skipped(entries.key());
                if (skip == null) {
                    Parked stream = GenerationFormat.parked(entries.key(), entries.value());
                    parked.put(stream.stream(), stream);
                } else {
                    skips.add(skip);
                }
            }
        }
    }

    private long number(byte[] key) {
        byte[] stored = tables.get(ViewTable.META, key);
        return stored == null ? 0 : GenerationFormat.orders(stored);
    }

    /** What a generation was made from; empty for one that was not begun. */
    public static Optional<Origin> origin(ViewReads tables) {
        byte[] origin = tables.get(ViewTable.META, GenerationFormat.ORIGIN);
        return origin == null ? Optional.empty() : Optional.of(GenerationFormat.origin(origin));
    }

    /** Begins an empty generation. */
    public static <K, R> ViewFold<K, R> begin(ProjectionType<K, R> type, RowCodec<R> codec, ViewTables tables,
            String storeId, Clock clock) {
        tables.write(new ViewBatch()
                .put(ViewTable.META, GenerationFormat.ORIGIN, GenerationFormat.origin(Origin.of(storeId, type, codec)))
                .put(ViewTable.META, GenerationFormat.STATE, GenerationFormat.state(FoldState.EMPTY)));
        return new ViewFold<>(type, codec, tables, clock);
    }

    /**
     * Goes on with a generation whose origin was compared.
     *
     * @throws CorruptStoreException if its metadata cannot be read
     */
    public static <K, R> ViewFold<K, R> resume(ProjectionType<K, R> type, RowCodec<R> codec, ViewTables tables,
            Clock clock) {
        return new ViewFold<>(type, codec, tables, clock);
    }

    /** How far the view is. Pages without changes are written with the next one, or by {@link #flush}. */
    public FoldState state() {
        return reached;
    }

    /** The number of the last order of an operator that this generation has followed; 0 before the first. */
    public long orders() {
        return orders;
    }

    /** Notes that the orders up to a number were followed. */
    public void followed(long number) {
        tables.write(new ViewBatch().put(ViewTable.META, GenerationFormat.ORDERS, GenerationFormat.orders(number)));
        orders = number;
    }

    /** The number of the last order that had been given when this generation was begun; 0 where none had. */
    public long begunBehind() {
        return begunBehind;
    }

    /** Notes that the generation is begun when the orders up to a number had been given, all of which it follows. */
    public void begunBehind(long number) {
        byte[] stored = GenerationFormat.orders(number);
        tables.write(new ViewBatch().put(ViewTable.META, GenerationFormat.BEGUN, stored)
                .put(ViewTable.META, GenerationFormat.ORDERS, stored));
        begunBehind = number;
        orders = number;
    }

    /** The streams that wait, in the order of their ids. */
    public List<Parked> parked() {
        return List.copyOf(parked.values());
    }

    /**
     * What a page has done.
     *
     * @param state how far the view is
     * @param changes the rows that differ from those before the page
     * @param failure the event before which the view, or a stream that was tried again, stands; null where the whole
     *        page was applied
     */
    public record Folded<K, R>(FoldState state, List<RowChange<K, R>> changes, @Nullable FoldFailure failure) {}

    /**
     * Applies a page. Where an event fails and is not parked, everything before it is applied, and the view stands
     * there.
     *
     * @throws dev.allframe.store.StoreFullException if there is no room; nothing was changed, the page may be tried
     *         again
     * @throws dev.allframe.store.StoreFailedException if the disk failed
     * @throws CorruptStoreException if stored rows cannot be read
     */
    public Folded<K, R> apply(HandledPage<K, R> page) {
        return apply(page.events(), page.next(), null);
    }

    /**
     * Applies events of a parked stream that were read again from its first number on.
     *
     * @param stream the stream
     * @param events its next events, none of them behind the position that the view has reached
     * @param next the number behind the last record that was read, from which the stream waits where no event fails:
     *        records that no handler wants may stand before it; empty where nothing more is to be tried up to that
     *        position: then the stream is not parked any more
     */
    public Folded<K, R> retry(StreamId stream, List<HandledEvent<K, R>> events, OptionalLong next) {
        Parked waiting = parked.get(stream);
        if (waiting == null) {
            return new Folded<>(reached, List.of(), null);
        }
        return apply(events, reached.position(), new Retry(waiting, next));
    }

    /** Which stream is tried again, and from where it waits behind these events; empty where it does not. */
    private record Retry(Parked waiting, OptionalLong next) {}

    /** Leaves an event out from now on. */
    public void skip(Skip skip, String reason) {
        tables.write(new ViewBatch().put(ViewTable.PARKED, GenerationFormat.skippedKey(skip),
                reason.getBytes(StandardCharsets.UTF_8)));
        skips.add(skip);
    }

    private Folded<K, R> apply(List<HandledEvent<K, R>> events, Position next, @Nullable Retry retry) {
        Pass fast = new Pass(events, retry, false);
        try {
            fast.run();
            return fast.write(next);
        } catch (CodecException unwritable) {
            // A row cannot be written: again, looking at each event, to find the one that made it.
            Pass slow = new Pass(events, retry, true);
            slow.run();
            return slow.write(next);
        }
    }

    /** One way through a page. */
    private final class Pass {

        private final List<HandledEvent<K, R>> events;
        private final @Nullable Retry retry;
        private final boolean checkEach;
        private final PageRows<K, R> rows = new PageRows<>(tables, reached.rows() > 0, type, codec);
        private final PageTimes times = new PageTimes(tables);
        private final Map<StreamId, Parked> nowParked = new TreeMap<>(parked);
        private @Nullable StoredEvent last;
        private @Nullable FoldFailure failure;

        Pass(List<HandledEvent<K, R>> events, @Nullable Retry retry, boolean checkEach) {
            this.events = events;
            this.retry = retry;
            this.checkEach = checkEach;
            if (retry != null) {
                nowParked.remove(retry.waiting.stream());
            }
        }

        void run() {
            rows.load(keysOf(events));
            for (HandledEvent<K, R> event : events) {
                StoredEvent stored = event.stored();
                if (!nowParked.containsKey(stored.stream()) && !isSkipped(stored)) {
                    Throwable thrown = tried(event);
                    if (thrown != null && (!park(stored, thrown) || retry != null)) {
                        failure = new FoldFailure(stored.stream(), stored.sequenceNr(), stored.position(), thrown);
                        return;
                    }
                }
                last = stored;
            }
        }

        private boolean isSkipped(StoredEvent stored) {
            return !skips.isEmpty() && skips.contains(new Skip(stored.stream(), stored.sequenceNr()));
        }

        private @Nullable Throwable tried(HandledEvent<K, R> event) {
            if (event.failure() != null) {
                return event.failure();
            }
            try {
                event.steps().forEach(this::take);
                if (checkEach) {
                    rows.keepWritable();
                } else {
                    rows.keep();
                }
                times.keep();
                return null;
            } catch (EventStoreException storage) {
                throw storage;
            } catch (Throwable thrown) { // by the user's functions, whatever it is
                rows.takeBack();
                times.takeBack();
                Handlers.mayBeAnEvents(thrown);
                return thrown;
            }
        }

        private void take(HandledEvent.Step<K, R> step) {
            byte[] key = step.key();
            switch (step.change()) {
                case Change.Put<K, R>(var unused, var row) -> rows.set(key, row);
                case Change.Update<K, R>(var named, var change) -> {
                    R row = rows.get(key);
                    if (row == null) {
                        throw new IllegalStateException("there is no row of key " + named + " to update");
                    }
                    rows.set(key, PageRows.changed(change.apply(row)));
                }
                case Change.Upsert<K, R>(var unused, var first, var change) -> {
                    R row = rows.get(key);
                    rows.set(key, PageRows.changed(change.apply(row == null ? first : row)));
                }
                case Change.Remove<K, R>(var unused) -> rows.set(key, null);
                case Change.UpdateBy<K, R, ?> by -> updateBy(by);
                case Change.RemoveBy<K, R, ?> by -> removeBy(by);
                case Change.Following<K, R>(var range, var last, var following) -> follow(PageRows
                        .changed(following.apply(rows.last(type.keys().encode(range), last))));
                case Change.Latest<K, R>(var of, var time, var following) -> follow(PageRows
                        .changed(following.apply(times.latest(type.keys().encode(of), time))));
                case Change.Several<K, R>(var changes) ->
                    throw new IllegalStateException("changes were taken apart: " + changes);
            }
        }

        /** Changes that are known only now. */
        private void follow(Change<K, R> change) {
            switch (change) {
                case Change.Several<K, R>(var changes) -> changes.forEach(this::follow);
                case Change.Put<K, R>(var key, var row) -> take(step(change, key));
                case Change.Update<K, R>(var key, var function) -> take(step(change, key));
                case Change.Upsert<K, R>(var key, var first, var function) -> take(step(change, key));
                case Change.Remove<K, R>(var key) -> take(step(change, key));
                case Change.UpdateBy<K, R, ?> by -> updateBy(by);
                case Change.RemoveBy<K, R, ?> by -> removeBy(by);
                case Change.Following<K, R> further -> take(new HandledEvent.Step<>(further, new byte[0]));
                case Change.Latest<K, R> further -> take(new HandledEvent.Step<>(further, new byte[0]));
            }
        }

        private HandledEvent.Step<K, R> step(Change<K, R> change, K key) {
            return new HandledEvent.Step<>(change, type.keys().encode(key));
        }

        private <V> Collection<byte[]> keysBy(Index<R, V> index, V value) {
            return rows.keysBy(type.indexes().indexOf(index), index.keys().encode(value));
        }

        private <V> void removeBy(Change.RemoveBy<K, R, V> by) {
            keysBy(by.index(), by.value()).forEach(key -> rows.set(key, null));
        }

        private <V> void updateBy(Change.UpdateBy<K, R, V> by) {
            for (byte[] key : keysBy(by.index(), by.value())) {
                R row = rows.get(key);
                if (row != null) {
                    rows.set(key, PageRows.changed(by.change().apply(row)));
                }
            }
        }

        /** Whether the stream is parked, so that others go on. One that was parked already stays so in any case. */
        private boolean park(StoredEvent event, Throwable thrown) {
            boolean may = type.onFailure() == OnFailure.PARK && nowParked.size() < MAX_PARKED;
            if (!may && retry == null) {
                return false;
            }
            String reason = Failures.description(thrown);
            nowParked.put(event.stream(), new Parked(event.stream(), event.sequenceNr(), clock.instant(),
                    reason.substring(0, Math.min(MAX_REASON, reason.length()))));
            return true;
        }

        Folded<K, R> write(Position next) {
            ViewBatch batch = new ViewBatch();
            PageRows.Written<K, R> changed = rows.write(batch, reached.digest());
            times.write(batch);
            Retry again = retry;
            if (again != null && again.next.isPresent() && failure == null) {
                Parked before = again.waiting;
                nowParked.put(before.stream(),
                        new Parked(before.stream(), again.next.getAsLong(), before.since(), before.reason()));
            }
            writeParked(batch);
            StoredEvent applied = last;
            Position position = failure == null
                    ? next
                    : applied == null || again != null ? reached.position() : applied.position();
            FoldState state = new FoldState(position, reached.rows() + changed.added(), changed.digest(),
                    applied == null || again != null ? reached.witness() : Witness.of(applied));
            if (!batch.changes().isEmpty()) {
                batch.put(ViewTable.META, GenerationFormat.STATE, GenerationFormat.state(state));
                tables.write(batch);
                parked.clear();
                parked.putAll(nowParked);
            }
            reached = state;
            return new Folded<>(state, changed.changes(), failure);
        }

        private void writeParked(ViewBatch batch) {
            nowParked.forEach((stream, now) -> {
                if (!now.equals(parked.get(stream))) {
                    batch.put(ViewTable.PARKED, GenerationFormat.parkedKey(stream), GenerationFormat.parked(now));
                }
            });
            parked.keySet()
                    .stream()
                    .filter(stream -> !nowParked.containsKey(stream))
                    .forEach(stream -> batch.delete(ViewTable.PARKED, GenerationFormat.parkedKey(stream)));
        }
    }

    private static <K, R> Collection<byte[]> keysOf(List<HandledEvent<K, R>> events) {
        List<byte[]> keys = new ArrayList<>(events.size());
        for (HandledEvent<K, R> event : events) {
            for (HandledEvent.Step<K, R> step : event.steps()) {
                if (step.key().length > 0) {
                    keys.add(step.key());
                }
            }
        }
        return keys;
    }

    /** Writes how far the fold is where pages without changes were not written, and makes everything durable. */
    public void flush() {
        tables.write(new ViewBatch().put(ViewTable.META, GenerationFormat.STATE, GenerationFormat.state(reached)));
        tables.flush();
    }
}
