package dev.allframe.store;

import java.util.Comparator;

/**
 * A place in the order of everything in a store. Whoever has seen the record at a position has seen all records before
 * it. Callers keep it and give it back; they neither compute with it nor compare positions of different stores.
 *
 * @param storeId the store that gave it; empty for {@link #START}
 * @param partition the part of the store inside which positions are ordered
 * @param epoch rises when the numbering of the partition begins anew
 * @param index rises with every stored record, from 1
 */
public record Position(String storeId, int partition, long epoch, long index) implements Comparable<Position> {

    /** Before the first record of any store. */
    public static final Position START = new Position("", 0, 0, 0);

    private static final Comparator<Position> ORDER = Comparator.comparingLong(Position::epoch)
            .thenComparingLong(Position::index);

    /**
     * The order inside one partition.
     *
     * @throws IllegalArgumentException if the positions belong to different stores or partitions; {@link #START} is
     *         before every other
     */
    @Override
    public int compareTo(Position other) {
        boolean comparable = equals(START) || other.equals(START)
                || (storeId.equals(other.storeId) && partition == other.partition);
        if (!comparable) {
            throw new IllegalArgumentException(
                    "positions of different stores or partitions have no order: " + this + ", " + other);
        }
        return ORDER.compare(this, other);
    }
}
