package dev.allframe.sample.bank.account;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandResult.Failed;
import dev.allframe.command.CommandResult.Refused;
import dev.allframe.command.ValidationError;
import dev.allframe.sample.bank.account.AccountCommand.Book;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.PlaceOrder;
import dev.allframe.sample.bank.account.AccountCommand.Side;
import dev.allframe.sample.bank.account.AccountCommand.Withdraw;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.testkit.AllFrameTestKit;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The account as it runs: validated, hosted by an actor, stored as JSON. */
final class AccountOnActorsTest {

    private static final LocalDate DAY = LocalDate.of(2026, 3, 1);
    private static final Entry CASH = Entry.cash(DAY);

    @RegisterExtension
    static final AllFrameTestKit kit = AllFrameTestKit.of(ACCOUNT);

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5"})
    void a_deposit_of_nothing_is_not_valid(String amount) {
        var result = kit.send(ACCOUNT, "invalid", new Deposit(czk(amount), CASH));

        assertThat(violation(result)).extracting(ValidationError::path, ValidationError::code)
                .containsExactly("amount", "Positive");
        assertThat(kit.events(ACCOUNT, "invalid")).isEmpty();
    }

    @Test
    void whatever_is_left_out_of_a_command_is_named() {
        StandingOrder order = new StandingOrder(czk(-1), new Counterparty("YZ", "1"), "");

        assertThat(violation(kit.send(ACCOUNT, "invalid", new Open(" ", czk(0), DAY))).path()).isEqualTo("owner");
        assertThat(violation(kit.send(ACCOUNT, "invalid", new Open("Ann", czk(-1), DAY))).path())
                .isEqualTo("overdraft");
        assertThat(violation(kit.send(ACCOUNT, "invalid", new PlaceOrder("rent", order))).path())
                .isEqualTo("order.amount");
    }

    @Test
    @NullUnmarked // what a careless caller, or a missing field of a request, may bring
    void nothing_is_taken_for_an_amount() {
        var result = kit.send(ACCOUNT, "invalid", new Withdraw(null, CASH));

        assertThat(violation(result)).extracting(ValidationError::path, ValidationError::code)
                .containsExactly("amount", "NotNull");
    }

    @Test
    void history_goes_below_zero_and_a_withdrawal_does_not() {
        kit.send(ACCOUNT, "both", new Open("Ann", czk(0), DAY)).orThrow();
        kit.send(ACCOUNT, "both", new Book(czk(100), Side.DEBIT, CASH.referring("7"))).orThrow();
        kit.passivateAll();

        var refused = kit.send(ACCOUNT, "both", new Withdraw(czk(1), CASH));

        assertThat(refused)
                .isEqualTo(new Refused<>("insufficient-funds", "", Map.of("available", "-100.00 CZK")));
        assertThat(kit.events(ACCOUNT, "both")).containsExactly(new Opened("Ann", czk(0), DAY),
                new Withdrawn(czk(100), CASH.referring("7")));
    }

    @Test
    void a_repeated_command_is_carried_out_once() {
        kit.send(ACCOUNT, "twice", new Open("Ann", czk(0), DAY)).orThrow();
        var first = kit.send(ACCOUNT, "twice", new Deposit(czk(5), CASH), withCommandId("trans-1")).orThrow();
        kit.passivateAll();

        var second = kit.send(ACCOUNT, "twice", new Deposit(czk(5), CASH), withCommandId("trans-1")).orThrow();

        assertThat(second).isEqualTo(first);
        assertThat(kit.events(ACCOUNT, "twice")).hasSize(2);
    }

    @Test
    void events_are_stored_as_plain_json() {
        EncodedEvent stored = JacksonEventCodec.of(ACCOUNT)
                .encode(new Deposited(czk("12.50"),
                        Entry.remittance(DAY, new Counterparty("YZ", "62457513"), "pension").referring("637742")));

        assertThat(stored.type()).isEqualTo("account.deposited");
        assertThat(stored.version()).isEqualTo(2);
        assertThat(new String(stored.bytes(), StandardCharsets.UTF_8)).isEqualTo(
                """
                        {"amount":{"amount":"12.50","currency":"CZK"},"entry":{"kind":"REMITTANCE","on":"2026-03-01",\
                        "reference":"637742","purpose":"pension","counterparty":{"bank":"YZ","account":"62457513"}},"channel":"transfer"}""");
        assertThat(JacksonEventCodec.of(ACCOUNT).decode(stored)).hasOnlyElementsOfType(Deposited.class);
    }

    @Test
    void deposits_that_were_stored_before_they_had_a_channel_count_as_cash() {
        String version1 = """
                {"amount":{"amount":"12.50","currency":"CZK"},"entry":{"kind":"REMITTANCE","on":"2026-03-01",\
                "reference":"637742","purpose":"pension","counterparty":{"bank":"YZ","account":"62457513"}}}""";

        assertThat(JacksonEventCodec.of(ACCOUNT)
                .decode(new EncodedEvent("account.deposited", 1, version1.getBytes(StandardCharsets.UTF_8))))
                .containsExactly(new Deposited(czk("12.50"),
                        Entry.remittance(DAY, new Counterparty("YZ", "62457513"), "pension").referring("637742"),
                        "cash"));
    }

    private static ValidationError violation(Object result) {
        assertThat(result).isInstanceOfSatisfying(Failed.class,
                failed -> assertThat(failed.error()).isInstanceOf(CommandError.Validation.class));
        return ((CommandError.Validation) ((Failed<?>) result).error()).violations().getFirst();
    }
}
