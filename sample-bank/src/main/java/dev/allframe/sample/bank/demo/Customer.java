package dev.allframe.sample.bank.demo;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.aggregate.Decision.Persist;
import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.AccountCommand;
import dev.allframe.sample.bank.account.AccountCommand.Book;
import dev.allframe.sample.bank.account.AccountCommand.ChangeOverdraft;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.ExecuteOrder;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.PlaceOrder;
import dev.allframe.sample.bank.account.AccountCommand.Side;
import dev.allframe.sample.bank.account.AccountCommand.Withdraw;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Entry.Kind;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.account.StandingOrder;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.Currency;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One customer's habits, and what the customer's bank statement says: the account is followed by its own rules, because
 * interest depends on the balance.
 */
final class Customer {

    private static final List<String> FIRST_NAMES = List.of("Anna", "Eva", "Hana", "Jana", "Lenka", "Marie", "Petra",
            "Tereza", "Adam", "David", "Jakub", "Jan", "Martin", "Ondrej", "Pavel", "Tomas");
    private static final List<String> LAST_NAMES = List.of("Benes", "Dvorak", "Fiala", "Hajek", "Horak", "Kolar",
            "Kral", "Kucera", "Marek", "Nemec", "Novak", "Pokorny", "Prochazka", "Svoboda", "Urban", "Vesely");
    private static final List<Long> OVERDRAFTS = List.of(0L, 0L, 5_000L, 20_000L);

    private static final Currency EUR = Currency.getInstance("EUR");
    private static final BigDecimal MONTHLY_INTEREST = new BigDecimal("0.0015");
    private static final BigDecimal MONTHLY_PENALTY = new BigDecimal("0.0120");
    private static final Money STATEMENT_FEE = Money.czk("49.00");
    private static final String RENT = "rent";

    private final RandomGenerator random;
    private final String id;
    private final Money salary;
    private final int payday;
    private final boolean paysByCard;
    private final long usualPurchase;
    private final Counterparty employer;
    private final Counterparty landlord;
    private final Sink sink;
    private Account account = Account.NONE;
    private int sent;

    /** Takes what is sent. */
    interface Sink {
        /**
         * Takes a command.
         *
         * @param number counts the commands of an account from 1; that of a repeated delivery is the first one's
         */
        void accept(String account, int number, AccountCommand command);
    }

    Customer(String id, RandomGenerator random, Sink sink) {
        this.id = id;
        this.random = random;
        this.sink = sink;
        salary = Money.czk(24_000 + 500L * random.nextInt(80));
        payday = 8 + random.nextInt(8);
        paysByCard = random.nextInt(10) < 8;
        usualPurchase = 200L + random.nextInt(1_000);
        employer = new Counterparty("EM", String.valueOf(10_000_000 + random.nextInt(200)));
        landlord = new Counterparty("LL", String.valueOf(20_000_000 + random.nextInt(900)));
    }

    /** Opens the account, pays something in and sets up the rent: a third of the salary or more. */
    void join(LocalDate day) {
        String owner = pick(FIRST_NAMES) + " " + pick(LAST_NAMES);
        send(new Open(owner, Money.czk(pick(OVERDRAFTS)), day));
        send(new Deposit(Money.czk(1_000 + 500L * random.nextInt(60)), Entry.cash(day)));
        Money rent = percent(salary, 33 + random.nextInt(25));
        send(new PlaceOrder(RENT, new StandingOrder(rent, landlord, "household")));
    }

    /** Whatever the customer and the bank do on a day. */
    void live(LocalDate day) {
        if (day.getDayOfMonth() == payday) {
            send(new Deposit(salary, Entry.remittance(day, employer, "salary")));
        }
        if (day.getDayOfMonth() == 5) {
            send(new ExecuteOrder(RENT, day));
        }
        if (paysByCard && random.nextInt(100) < 35) {
            long hundredths = usualPurchase * (20 + random.nextInt(250));
            send(new Withdraw(Money.czk(BigDecimal.valueOf(hundredths, 2).toPlainString()), Entry.of(Kind.CARD, day)));
        }
        if (random.nextInt(100) < (paysByCard ? 5 : 20)) {
            send(new Withdraw(Money.czk(500L * (1 + random.nextInt(8))), Entry.cash(day)));
        }
        if (random.nextInt(100) < 2) {
            send(new Deposit(Money.czk(100L * (1 + random.nextInt(60))), Entry.cash(day)));
        }
        if (random.nextInt(20_000) < 1) {
            send(new Deposit(new Money(BigDecimal.valueOf(50), EUR), Entry.cash(day)));
        }
        if (random.nextInt(1_000) < 2) {
            send(new ChangeOverdraft(Money.czk(pick(OVERDRAFTS))));
        }
        if (day.getDayOfMonth() == day.lengthOfMonth()) {
            endOfMonth(day);
        }
    }

    private void endOfMonth(LocalDate day) {
        Money balance = account.balance();
        boolean credit = balance.amount().signum() >= 0;
        Money interest = new Money(balance.abs()
                .amount()
                .multiply(credit ? MONTHLY_INTEREST : MONTHLY_PENALTY)
                .setScale(2, RoundingMode.HALF_EVEN), balance.currency());
        if (interest.amount().signum() > 0) {
            send(credit
                    ? new Book(interest, Side.CREDIT, Entry.of(Kind.INTEREST, day))
                    : new Book(interest, Side.DEBIT, Entry.of(Kind.PENALTY_INTEREST, day)));
        }
        send(new Book(STATEMENT_FEE, Side.DEBIT, Entry.of(Kind.FEE, day)));
    }

    /** A message that is accepted is now and then delivered twice, as messages are. */
    private void send(AccountCommand command) {
        sent++;
        int number = sent;
        sink.accept(id, number, command);
        if (ACCOUNT.aggregate().decide(account, command) instanceof Persist<AccountEvent>(var events)) {
            for (AccountEvent event : events) {
                account = ACCOUNT.aggregate().evolve(account, event);
            }
            if (random.nextInt(200) == 0) {
                sink.accept(id, number, command);
            }
        }
    }

    String id() {
        return id;
    }

    /** The account as it must stand after everything that was sent. */
    Account account() {
        return account;
    }

    private static Money percent(Money of, int percent) {
        return Money.czk(of.amount().longValue() * percent / 100);
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
