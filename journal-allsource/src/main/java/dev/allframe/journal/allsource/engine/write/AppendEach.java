package dev.allframe.journal.allsource.engine.write;

import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.store.Append;
import dev.allframe.store.AppendOutcome;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Appends that are answered together, when the last of them is decided: one answer without a future or a thread for
 * each of them. Answered on the partition's thread, or on that of who submits to a closed store.
 */
public final class AppendEach implements Request.Change {

    private final List<Append> appends;
    private final Consumer<List<AppendOutcome>> answer;
    private final @Nullable AppendOutcome[] outcomes;
    private int open;

    public AppendEach(List<Append> appends, Consumer<List<AppendOutcome>> answer) {
        this.appends = appends;
        this.answer = answer;
        this.outcomes = new AppendOutcome[appends.size()];
        this.open = appends.size();
    }

    @Override
    public int parts() {
        return appends.size();
    }

    @Override
    public LogEntry entry(Admission admission, int part) {
        return admission.append(appends.get(part));
    }

    @Override
    public void done(Answers answers, int part, @Nullable LogEntry entry) {
        decided(answers, part, new AppendOutcome.Stored(answers.appended(entry)));
    }

    @Override
    public void fail(Answers answers, int part, Throwable reason) {
        decided(answers, part, new AppendOutcome.Failed(reason));
    }

    @Override
    public void fail(Answers answers, Throwable reason) {
        for (int part = 0; part < outcomes.length; part++) {
            fail(answers, part, reason);
        }
    }

    /** The first outcome of a part counts. */
    private void decided(Answers answers, int part, AppendOutcome outcome) {
        if (outcomes[part] == null) {
            outcomes[part] = outcome;
            if (--open == 0) {
                answers.tell(answer, all());
            }
        }
    }

    private List<AppendOutcome> all() {
        return List.of(outcomes.clone());
    }
}
