package dev.allframe.store;

import java.util.Comparator;
import java.util.List;

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
     * The position as text, in ASCII without spaces, for a file, a column or a header; {@link #parse} reads it.
     * Positions that are equal have the same text; its order is not theirs.
     */
    public String asText() {
        return TextForm.of(storeId, partition, epoch, index);
    }

    /**
     * The position whose {@link #asText} this is.
     *
     * @throws IllegalArgumentException if it is that of none
     */
    public static Position parse(String text) {
        List<String> parts = TextForm.parts(text, 4, "position");
        try {
            Position position = new Position(parts.get(0), Integer.parseInt(parts.get(1)),
                    Long.parseLong(parts.get(2)), Long.parseLong(parts.get(3)));
            if (position.asText().equals(text)) {
                return position;
            }
        } catch (NumberFormatException notANumber) {
            throw TextForm.refused(text, "position");
        }
        throw TextForm.refused(text, "position");
    }

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
