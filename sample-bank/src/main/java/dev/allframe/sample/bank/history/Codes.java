package dev.allframe.sample.bank.history;

import static java.util.Map.entry;

import dev.allframe.sample.bank.account.AccountCommand.Side;
import dev.allframe.sample.bank.account.Entry.Kind;
import dev.allframe.sample.bank.history.Table.MalformedException;
import java.util.Locale;
import java.util.Map;

/** What the codes in the files mean: the bank's Czech ones and the usual English translations, in any case. */
final class Codes {

    /** What an operation says about a movement: how, and which way where that is certain. */
    private record Operation(Kind kind, Side side) {}

    private static final Map<String, Side> TYPES = Map.of("prijem", Side.CREDIT, "credit", Side.CREDIT, "vydaj",
            Side.DEBIT, "vyber", Side.DEBIT, "withdrawal", Side.DEBIT, "withdrawal in cash", Side.DEBIT, "debit",
            Side.DEBIT);

    private static final Map<String, Operation> OPERATIONS = Map.ofEntries(
            entry("vklad", new Operation(Kind.CASH, Side.CREDIT)),
            entry("credit in cash", new Operation(Kind.CASH, Side.CREDIT)),
            entry("vyber", new Operation(Kind.CASH, Side.DEBIT)),
            entry("withdrawal in cash", new Operation(Kind.CASH, Side.DEBIT)),
            entry("withdrawal", new Operation(Kind.CASH, Side.DEBIT)),
            entry("vyber kartou", new Operation(Kind.CARD, Side.DEBIT)),
            entry("credit card withdrawal", new Operation(Kind.CARD, Side.DEBIT)),
            entry("prevod z uctu", new Operation(Kind.REMITTANCE, Side.CREDIT)),
            entry("collection from another bank", new Operation(Kind.REMITTANCE, Side.CREDIT)),
            entry("prevod na ucet", new Operation(Kind.REMITTANCE, Side.DEBIT)),
            entry("remittance to another bank", new Operation(Kind.REMITTANCE, Side.DEBIT)));

    private static final Map<String, String> PURPOSES = Map.ofEntries(entry("urok", "interest"),
            entry("interest credited", "interest"),
            entry("sankc. urok", "penalty interest"),
            entry("sanction interest if negative balance", "penalty interest"),
            entry("sanction interest", "penalty interest"),
            entry("sluzby", "statement fee"),
            entry("payment for statement", "statement fee"),
            entry("payment on statement", "statement fee"),
            entry("sipo", "household"),
            entry("household payment", "household"),
            entry("pojistne", "insurance"),
            entry("insurance payment", "insurance"),
            entry("insurrance payment", "insurance"), // spelled so in the data set's own description
            entry("uver", "loan"),
            entry("loan payment", "loan"),
            entry("duchod", "pension"),
            entry("old-age pension", "pension"),
            entry("leasing", "leasing"));

    private Codes() {}

    /** Which way the money went. */
    static Side side(String type, String operation) {
        Side side = TYPES.get(lower(type));
        if (side == null) {
            throw new MalformedException("unknown type '" + type + "'");
        }
        if (!operation.isEmpty() && operation(operation).side != side) {
            throw new MalformedException("type '" + type + "' and operation '" + operation + "' contradict each other");
        }
        return side;
    }

    /** How the money moved: a purpose that only the bank itself has tells more than the operation. */
    static Kind kind(String operation, String symbol) {
        return switch (purpose(symbol)) {
            case "interest" -> Kind.INTEREST;
            case "penalty interest" -> Kind.PENALTY_INTEREST;
            case "statement fee" -> Kind.FEE;
            default -> operation.isEmpty() ? Kind.OTHER : operation(operation).kind;
        };
    }

    /** What it was for; a symbol that is not known is kept as it is. */
    static String purpose(String symbol) {
        return PURPOSES.getOrDefault(lower(symbol), lower(symbol));
    }

    private static Operation operation(String operation) {
        Operation known = OPERATIONS.get(lower(operation));
        if (known == null) {
            throw new MalformedException("unknown operation '" + operation + "'");
        }
        return known;
    }

    private static String lower(String code) {
        return code.toLowerCase(Locale.ROOT);
    }
}
