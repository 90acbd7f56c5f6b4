package dev.allframe.sample.bank.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Sums taken straight from the lines of the data set's files, for comparison: by the letters that are there, with no
 * class of the bank.
 */
final class FileSums {

    /**
     * A line of a transaction file.
     *
     * @param date as in ISO, {@code 1993-01-31}
     * @param kind in the words of {@code bank statement}
     * @param signed the amount, negative for one that went out
     * @param balance what the bank says is on the account behind it
     */
    record Movement(String account, String date, String kind, BigDecimal signed, String bank, BigDecimal balance) {

        String month() {
            return date.substring(0, 7);
        }
    }

    /** A bank's month: in, out and how many. */
    record Turned(BigDecimal in, BigDecimal out, long count) {

        Turned plus(Turned more) {
            return new Turned(in.add(more.in), out.add(more.out), count + more.count);
        }
    }

    private static final Map<String, String> KINDS = Map.of("VKLAD", "cash", "VYBER", "cash", "VYBER KARTOU", "card",
            "PREVOD Z UCTU", "remittance", "PREVOD NA UCET", "remittance", "", "other");
    private static final Map<String, String> KINDS_OF_SYMBOLS = Map.of("UROK", "interest", "SANKC. UROK",
            "penalty interest", "SLUZBY", "fee");

    private final List<String> accounts = new ArrayList<>();
    private final List<Movement> movements = new ArrayList<>();

    /** Reads a folder. */
    FileSums(Path folder) {
        lines(folder.resolve("account.asc")).forEach(fields -> accounts.add(fields[0]));
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> file.toString().matches(".*/trans[^/]*\\.asc"))
                    .forEach(file -> lines(file).forEach(fields -> movements.add(movement(fields))));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static List<String[]> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1)
                    .stream()
                    .skip(1)
                    .map(line -> line.replace("\"", "").split(";", -1))
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Movement movement(String[] fields) {
        String day = fields[2];
        String date = "19" + day.substring(0, 2) + "-" + day.substring(2, 4) + "-" + day.substring(4);
        BigDecimal amount = new BigDecimal(fields[5]);
        String kind = KINDS_OF_SYMBOLS.getOrDefault(fields[7], KINDS.get(fields[4]));
        return new Movement(fields[1], date, String.valueOf(kind),
                (fields[3].equals("PRIJEM") ? amount : amount.negate()).setScale(2), fields[8],
                new BigDecimal(fields[6]).setScale(2));
    }

    List<String> accounts() {
        return accounts;
    }

    /** What is on each account that has moved. */
    Map<String, BigDecimal> balances() {
        Map<String, BigDecimal> balances = new TreeMap<>();
        movements.forEach(movement -> balances.merge(movement.account(), movement.signed(), BigDecimal::add));
        return balances;
    }

    /** All movements, in the order of the files. */
    List<Movement> movements() {
        return movements;
    }

    /**
     * What the bank says is on an account at the end of a day: the balance of the movement that no other of the day
     * continues; empty where there is none, or the lines do not tell which.
     */
    Optional<BigDecimal> atEndOf(String account, String date) {
        List<Movement> day = movements.stream()
                .filter(movement -> movement.account().equals(account) && movement.date().equals(date))
                .toList();
        List<Movement> last = day.stream()
                .filter(movement -> day.stream()
                        .noneMatch(next -> !next.equals(movement) && next.balance()
                                .subtract(next.signed())
                                .subtract(movement.balance())
                                .abs()
                                .compareTo(new BigDecimal("0.20")) <= 0))
                .toList();
        return last.size() == 1 ? Optional.of(last.getFirst().balance()) : Optional.empty();
    }

    /** What is on an account before a month begins. */
    BigDecimal before(String account, String month) {
        return movements.stream()
                .filter(movement -> movement.account().equals(account) && movement.month().compareTo(month) < 0)
                .map(Movement::signed)
                .reduce(new BigDecimal("0.00"), BigDecimal::add);
    }

    /** The movements of an account in a month, in the order of the file. */
    List<Movement> month(String account, String month) {
        return movements.stream()
                .filter(movement -> movement.account().equals(account) && movement.month().equals(month))
                .toList();
    }

    /** Turnover by {@code bank month}. */
    Map<String, Turned> turnover() {
        Map<String, Turned> turned = new TreeMap<>();
        for (Movement movement : movements) {
            boolean in = movement.signed().signum() > 0;
            String bank = movement.kind().equals("remittance") ? movement.bank() : "";
            turned.merge(bank + " " + movement.month(),
                    new Turned(in ? movement.signed() : new BigDecimal("0.00"),
                            in ? new BigDecimal("0.00") : movement.signed().negate(), 1),
                    Turned::plus);
        }
        return turned;
    }
}
