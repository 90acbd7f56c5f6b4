package dev.allframe.sample.bank.opening;

import static java.util.concurrent.CompletableFuture.completedFuture;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The check of a bank that asks nobody: a list of customers whom it does not want. A verdict depends on the list alone,
 * so that each check counts as done.
 *
 * @param owners those who are not wanted
 */
public record DenyList(Set<String> owners) implements CustomerCheck {

    public DenyList {
        owners = Set.copyOf(owners);
    }

    @Override
    public CompletionStage<Verdict> check(String owner, String key) {
        return completedFuture(verdict(owner));
    }

    @Override
    public CompletionStage<Optional<Verdict>> find(String owner, String key) {
        return completedFuture(Optional.of(verdict(owner)));
    }

    @Override
    public CompletionStage<Void> withdraw(String owner, String key) {
        return completedFuture(null);
    }

    private Verdict verdict(String owner) {
        return owners.contains(owner) ? new Verdict(false, "on the list of the bank") : new Verdict(true, "");
    }
}
