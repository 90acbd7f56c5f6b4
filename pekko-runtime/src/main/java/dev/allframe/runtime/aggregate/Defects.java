package dev.allframe.runtime.aggregate;

/** What users' code may throw without bringing down more than its own command. */
final class Defects {

    private Defects() {}

    /**
     * Anything but what says that this process cannot go on.
     *
     * @return what was given
     * @throws VirtualMachineError if that is what was given, unless it is an overflow of the stack, which has ended with the call
     */
    static Throwable survived(Throwable thrown) {
        if (thrown instanceof VirtualMachineError error && !(thrown instanceof StackOverflowError)) {
            throw error;
        }
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return thrown;
    }
}
