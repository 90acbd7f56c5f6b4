package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.store.StoredEvent;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rows of several segments in one {@link RowOrder}, without those that a predicate refuses. Holds what each
 * segment's {@link SealedRows#rows()} holds. For one thread.
 */
public final class MergedRows implements Iterator<StoredEvent> {

    private final Predicate<StoredEvent> keep;
    private final PriorityQueue<Head> heads = new PriorityQueue<>();
    private @Nullable StoredEvent next;
    private @Nullable StoredEvent last;

    /** The first row of a segment that was not taken. */
    private record Head(StoredEvent row, Iterator<StoredEvent> behind) implements Comparable<Head> {

        @Override
        public int compareTo(Head other) {
            return RowOrder.INSTANCE.compare(row, other.row);
        }
    }

    /**
     * Merges.
     *
     * @param sources rows in order, each
     * @param keep says whether a row goes on
     */
    public MergedRows(List<? extends SealedRows> sources, Predicate<StoredEvent> keep) {
        this.keep = keep;
        for (SealedRows source : sources) {
            push(source.rows());
        }
        advance();
    }

    private void push(Iterator<StoredEvent> rows) {
        if (rows.hasNext()) {
            heads.add(new Head(rows.next(), rows));
        }
    }

    private void advance() {
        next = null;
        while (next == null && !heads.isEmpty()) {
            Head head = heads.remove();
            push(head.behind());
            if (last != null && RowOrder.INSTANCE.compare(last, head.row()) >= 0) {
                throw new IllegalStateException("two segments have the same row: stream=" + head.row().stream()
                        + " sequenceNr=" + head.row().sequenceNr());
            }
            last = head.row();
            if (keep.test(head.row())) {
                next = head.row();
            }
        }
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public StoredEvent next() {
        StoredEvent row = next;
        if (row == null) {
            throw new NoSuchElementException("all rows were read");
        }
        advance();
        return row;
    }
}
