package dev.allframe.journal.allsource.engine.segment;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Sorts the rows of a segment by their positions. */
final class PositionOrder {

    /** Counting needs an array over the range of positions; it may have so many places for each row. */
    private static final int MAX_SPARSITY = 8;

    private PositionOrder() {}

    /** Row numbers in the order of the rows' positions, which differ. */
    static int[] of(long[] positions) {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (long position : positions) {
            first = Math.min(first, position);
            last = Math.max(last, position);
        }
        long range = last - first;
        if (range < 0 || range >= (long) MAX_SPARSITY * positions.length + 1) {
            return sorted(positions);
        }
        return counted(positions, first, (int) range + 1);
    }

    private static int[] sorted(long[] positions) {
        return IntStream.range(0, positions.length)
                .boxed()
                .sorted(Comparator.comparingLong(row -> positions[row]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int[] counted(long[] positions, long first, int range) {
        int[] rowAt = new int[range];
        Arrays.fill(rowAt, -1);
        for (int row = 0; row < positions.length; row++) {
            rowAt[(int) (positions[row] - first)] = row;
        }
        int[] order = new int[positions.length];
        int count = 0;
        for (int row : rowAt) {
            if (row >= 0) {
                order[count++] = row;
            }
        }
        if (count != order.length) {
            throw new IllegalArgumentException("two rows have the same position");
        }
        return order;
    }
}
