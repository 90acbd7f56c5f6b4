package dev.allframe.runtime.projection;

import dev.allframe.projection.AsOf;
import dev.allframe.projection.Folding;
import dev.allframe.projection.Index;
import dev.allframe.projection.PastView;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.RangeIndex;
import dev.allframe.projection.Rows;
import dev.allframe.projection.ViewComparison;
import dev.allframe.projection.ViewReader;
import dev.allframe.projection.fold.FoldState;
import dev.allframe.projection.fold.Parked;
import dev.allframe.projection.fold.Skip;
import dev.allframe.projection.fold.ViewFold;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ForeignPositionException;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTable;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Folds views of the past. Waits for the store; callable from any thread that may block. */
final class PastViews {

    private final EventStoreBackend store;
    private final ViewStore files;
    private final Clock clock;
    private final DeletedEvents deleted;

    PastViews(EventStoreBackend store, ViewStore files, Clock clock) {
        this.store = store;
        this.files = files;
        this.clock = clock;
        deleted = new DeletedEvents(store);
    }

    /**
     * A view of the past.
     *
     * @param skips what an operator has left out
     * @throws ForeignPositionException if the position is one of another store
     * @throws dev.allframe.store.DeletedEventsException if events were deleted, and that is not accepted
     * @throws IllegalStateException if the view fails at an event, in words
     */
    <K, R> PastView<K, R> fold(ProjectionType<K, R> type, AsOf asOf, List<Skip> skips, Consumer<Folding> progress,
            BooleanSupplier over) {
        Position upTo = asOf.position();
        if (upTo != null && !upTo.equals(Position.START) && !upTo.storeId().equals(store.storeId())) {
            throw new ForeignPositionException(upTo, store.storeId());
        }
        if (!asOf.acceptsDeletedEvents()) {
            deleted.mustBeNoneOf(type);
        }
        Refold<K, R> refold = new Refold<>(RegisteredView.of(type.where(asOf.condition())), store, files, clock);
        try {
            skips.forEach(refold::skip);
            refold.run(isBeyond(asOf), event -> false, progress, over);
            if (!asOf.acceptsDeletedEvents()) {
                deleted.mustBeNoneOf(type); // what is deleted meanwhile may not have been read
            }
            return new Past<>(refold);
        } catch (RuntimeException | Error failed) {
            refold.close();
            throw failed;
        }
    }

    /**
     * A view's served rows beside those that its events make today, up to where the served ones are.
     *
     * @param served the rows at one moment
     * @throws dev.allframe.store.DeletedEventsException if events were deleted: what differs would be their fault
     */
    <K, R> ViewComparison verified(RegisteredView<K, R> view, ViewReads served, List<Skip> skips, int most,
            Consumer<Folding> progress, BooleanSupplier over) {
        deleted.mustBeNoneOf(view.type());
        FoldState reached = ViewFold.state(served);
        Map<StreamId, Long> waiting = ViewFold.parked(served)
                .stream()
                .collect(Collectors.toMap(Parked::stream, Parked::firstSequenceNr));
        try (Refold<K, R> refold = new Refold<>(view, store, files, clock)) {
            skips.forEach(refold::skip);
            refold.run(event -> event.position().compareTo(reached.position()) > 0,
                    event -> waiting.getOrDefault(event.stream(), Long.MAX_VALUE) <= event.sequenceNr(), progress,
                    over);
            deleted.mustBeNoneOf(view.type()); // what is deleted meanwhile may not have been read
            int version = view.type().version().number();
            try (Cursor rows = served.cursor(ViewTable.ROWS, KeyRange.all(), false);
                    Cursor anew = refold.tables().cursor(ViewTable.ROWS, KeyRange.all(), false)) {
                return new Comparing<>(view.type().keys(), view.rows(), view.rows(), Comparing.Sameness.OF_BYTES, most)
                        .of(view.type().name(), reached.position(),
                                new Comparing.Side(rows, RowsDigest.of(version, reached)),
                                new Comparing.Side(anew, RowsDigest.of(version, refold.fold().state())), told -> {});
            }
        }
    }

    private static Predicate<StoredEvent> isBeyond(AsOf asOf) {
        Instant moment = asOf.storedUntil();
        Position position = asOf.position();
        return moment != null
                ? event -> event.envelope().metadata().timestamp().isAfter(moment)
                : position != null ? event -> event.position().compareTo(position) > 0 : event -> false;
    }

    /** The rows of a fold that has ended. */
    private record Past<K, R>(Refold<K, R> refold, ViewReader<K, R> rows) implements PastView<K, R> {

        Past(Refold<K, R> refold) {
            this(refold, refold.rows());
        }

        @Override
        public Position position() {
            return refold.fold().state().position();
        }

        @Override
        public Optional<R> get(K key) {
            return rows.get(key);
        }

        @Override
        public <V> Rows<K, R> by(Index<R, V> index, V value, QueryOption... options) {
            return rows.by(index, value, options);
        }

        @Override
        public <V> Rows<K, R> range(RangeIndex<R, V> index, Range<V> range, QueryOption... options) {
            return rows.range(index, range, options);
        }

        @Override
        public Rows<K, R> range(Range<K> keys, QueryOption... options) {
            return rows.range(keys, options);
        }

        @Override
        public long count() {
            return rows.count();
        }

        @Override
        public <V> long count(Index<R, V> index, V value) {
            return rows.count(index, value);
        }

        @Override
        public void close() {
            refold.close();
        }
    }
}
