package dev.allframe.sample.bank.history;

import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.ledger.Tally;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * What an import did, and how what is stored compares with the bank's own books.
 *
 * @param accounts opened accounts in the store
 * @param orders standing orders in the store
 * @param transactions movements in the store
 * @param events all events of these accounts in the store
 * @param tally what became of the commands
 * @param accountsChecked accounts whose every balance was compared with the bank's own
 * @param accountsNotChecked accounts with transactions that begin in the middle of their life
 * @param maxDifference the largest difference of any compared balance
 * @param mismatches rows at which that difference changed by more than rounding explains
 * @param missing transactions of the files that are not in the store
 * @param doubled movements in the store that have the number of another one before them
 * @param badLines malformed lines that were left out
 * @param remarks what the files leave open, by account
 * @param problems what did not match
 */
public record ImportReport(int accounts, int orders, int transactions, long events, Tally tally, int accountsChecked,
        int accountsNotChecked, Money maxDifference, int mismatches, int missing, int doubled, List<BadLine> badLines,
        List<String> remarks, List<String> problems) {

    public ImportReport {
        badLines = List.copyOf(badLines);
        remarks = List.copyOf(remarks);
        problems = List.copyOf(problems);
    }

    /** The same, but in each list what is said about one account stands before what is said about others. */
    public ImportReport withFirst(String account) {
        return new ImportReport(accounts, orders, transactions, events,
                tally.withProblems(ownFirst(account, tally.problems())), accountsChecked,
                accountsNotChecked, maxDifference, mismatches, missing, doubled, badLines, ownFirst(account, remarks),
                ownFirst(account, problems));
    }

    private static List<String> ownFirst(String account, List<String> sentences) {
        Predicate<String> others = sentence -> !sentence.startsWith("account " + account + ":")
                && !sentence.startsWith("account " + account + ",");
        // a stable order: false before true
        return sentences.stream().sorted(Comparator.comparing(others::test)).toList();
    }

    /**
     * Whether nothing was rejected, nothing is missing or there twice, and every compared balance moved as the bank's
     * own.
     */
    public boolean isGood() {
        return tally.rejected() == 0 && missing == 0 && doubled == 0 && mismatches == 0;
    }
}
