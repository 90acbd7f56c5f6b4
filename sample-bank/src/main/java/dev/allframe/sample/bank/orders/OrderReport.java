package dev.allframe.sample.bank.orders;

import java.time.Duration;
import java.time.YearMonth;
import java.util.List;

/**
 * What became of the standing orders of a month.
 *
 * @param month the month
 * @param paid how many are paid
 * @param waiting how many wait for money, and are tried again
 * @param unpaid how many were refused for want of money in the end
 * @param failed how many were not paid for another reason, or are parked
 * @param running how many had not come to one of these ends when they were looked at last
 * @param problems why some failed, in sentences
 * @param time from the first to the last
 */
public record OrderReport(YearMonth month, int paid, int waiting, int unpaid, int failed, int running,
        List<String> problems, Duration time) {

    public OrderReport {
        problems = List.copyOf(problems);
    }

    /** All orders. */
    public int orders() {
        return paid + waiting + unpaid + failed + running;
    }

    /** Whether every order is paid. */
    public boolean isGood() {
        return paid == orders();
    }

    /** Wall-clock time in seconds. */
    public double seconds() {
        return time.toNanos() / 1e9;
    }
}
