package dev.allframe.sample.bank.opening;

import dev.allframe.aggregate.Stored;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Somebody outside of the bank who says whether it may have a customer. May be slow, hang or fail; a call that has not
 * answered may still be done later. Callable from any thread.
 */
public interface CustomerCheck {

    /**
     * What was found out.
     *
     * @param passed whether the bank may have the customer
     * @param reason why not; empty where it may
     */
    @Stored("verdict")
    record Verdict(boolean passed, String reason) {}

    /**
     * Checks a customer; once for each key, however often it is called.
     *
     * @param key identifies this check
     */
    CompletionStage<Verdict> check(String owner, String key);

    /**
     * Whether a check was done. One that was not is not done later.
     *
     * @return the verdict; empty where there is none, and never will be
     */
    CompletionStage<Optional<Verdict>> find(String owner, String key);

    /** The bank does not want the customer any more. May be told of a check that was not done, which ends it. */
    CompletionStage<Void> withdraw(String owner, String key);
}
