package dev.allframe.sample.bank.history;

import dev.allframe.sample.bank.account.Money;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the order in which the transactions of one account and day happened: each must begin where the one before it
 * ended, within {@link #TOLERANCE} hundredths, because amounts and balances were printed rounded.
 *
 * <p>A search in depth, in file order, that never leaves anything behind: a step is taken only if every transaction
 * that is left can still be reached from there. With that, days whose balances are exact need no way back, however many
 * rows and equal balances they have. Where rounding makes a way back necessary, dead ends are remembered, and equal
 * transactions are tried once. The work is bounded: beyond {@link #MAX_WORK} no order is found.
 */
final class DayOrder {

    /** How far a balance may be from the one that is expected: 0.10. */
    static final long TOLERANCE = 10;

    /**
     * Comparisons for one day: some tens of milliseconds, and enough for two hundred rows that all meet at one balance.
     */
    private static final long MAX_WORK = 10_000_000;

    /** What is placed, and where that ended: the way there does not matter for the way on. */
    private record Situation(BitSet placed, int last) {}

    private record Shape(long before, long after) {}

    private static final int NOTHING_YET = -1;

    private final @Nullable Long start;
    private final long[] before;
    private final long[] after;
    private final long[] next;
    private final BitSet placed = new BitSet();
    private final List<Integer> order = new ArrayList<>();
    private final Set<Situation> deadEnds = new HashSet<>();
    private long work;

    private DayOrder(List<Transaction> day, @Nullable Money start, List<Transaction> next) {
        this.start = start == null ? null : hundredths(start);
        before = day.stream().mapToLong(row -> hundredths(row.before())).toArray();
        after = day.stream().mapToLong(row -> hundredths(row.balance())).toArray();
        this.next = next.stream().mapToLong(row -> hundredths(row.before())).toArray();
    }

    /**
     * The order of a day, or nothing where there is none or none was found within the bounds.
     *
     * @param day the transactions of one account and day
     * @param start the balance before the day; null where it is not known, and any is accepted
     * @param next the transactions of the account's next day: one of them must be able to follow; none for the last day
     */
    static Optional<List<Transaction>> find(List<Transaction> day, @Nullable Money start, List<Transaction> next) {
        DayOrder search = new DayOrder(day, start, next);
        return search.extend(NOTHING_YET)
                ? Optional.of(search.order.stream().map(day::get).toList())
                : Optional.empty();
    }

    private boolean extend(int last) {
        int size = before.length;
        if (order.size() == size) {
            return next.length == 0 || Arrays.stream(next).anyMatch(balance -> near(after[last], balance));
        }
        Situation here = new Situation((BitSet) placed.clone(), last);
        if (deadEnds.contains(here)) {
            return false;
        }
        Set<Shape> tried = new HashSet<>();
        for (int row = placed.nextClearBit(0); row < size && work < MAX_WORK; row = placed.nextClearBit(row + 1)) {
            work++;
            if (follows(last, row) && tried.add(new Shape(before[row], after[row]))) {
                placed.set(row);
                order.add(row);
                if (leavesNothingBehind(row) && extend(row)) {
                    return true;
                }
                order.removeLast();
                placed.clear(row);
            }
        }
        deadEnds.add(here);
        return false;
    }

    private boolean follows(int last, int row) {
        if (last == NOTHING_YET) {
            return start == null || near(start, before[row]);
        }
        return near(after[last], before[row]);
    }

    /** Whether every transaction that is not placed can be reached from this one, by whatever steps. */
    private boolean leavesNothingBehind(int from) {
        BitSet missing = new BitSet();
        missing.set(0, before.length);
        missing.andNot(placed);
        int[] reached = new int[before.length + 1];
        int count = 1;
        reached[0] = from;
        for (int i = 0; i < count && !missing.isEmpty() && work < MAX_WORK; i++) {
            for (int row = missing.nextSetBit(0); row >= 0; row = missing.nextSetBit(row + 1)) {
                work++;
                if (near(after[reached[i]], before[row])) {
                    missing.clear(row);
                    reached[count++] = row;
                }
            }
        }
        return missing.isEmpty();
    }

    /** Whether one balance may stand for the other. */
    static boolean near(Money one, Money other) {
        return near(hundredths(one), hundredths(other));
    }

    private static boolean near(long one, long other) {
        return Math.abs(one - other) <= TOLERANCE;
    }

    private static long hundredths(Money money) {
        return money.amount().unscaledValue().longValueExact();
    }
}
