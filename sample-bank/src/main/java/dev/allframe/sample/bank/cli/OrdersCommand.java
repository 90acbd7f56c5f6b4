package dev.allframe.sample.bank.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bank orders}. */
@Command(name = "orders", subcommands = {RunOrders.class,
        HelpCommand.class}, mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = "Works with the standing orders of all accounts.")
final class OrdersCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** Called where no command is named. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command.");
    }
}
