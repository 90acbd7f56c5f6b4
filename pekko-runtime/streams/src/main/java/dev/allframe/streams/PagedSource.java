package dev.allframe.streams;

import dev.allframe.failure.Failures;
import dev.allframe.store.Registration;
import dev.allframe.streams.Pages.Page;
import dev.allframe.streams.Pages.Then;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;

/**
 * A stream of the elements that {@link Pages} read: a page at a time, and the next page only when downstream asks for
 * an element after the last one of the page before. At the end of the stored elements it sleeps until the storage wakes
 * it; there is no timer. It fails with what a read failed with, without the wrappers of stages.
 *
 * <p>The wake-up is registered before the first read and armed again before each read, so that an append that a read
 * has missed always wakes the stage after it. An append costs an atomic flag, and one message for all appends between
 * two reads. The registration is closed when the stream ends, by whatever cause.
 *
 * @param <T> the elements
 */
public final class PagedSource<T> extends GraphStage<SourceShape<T>> {

    private final Outlet<T> out = Outlet.create("PagedSource.out");
    private final SourceShape<T> shape = SourceShape.of(out);
    private final Supplier<Pages<T>> pages;
    private final Function<Runnable, Registration> wakeUps;

    private PagedSource(Supplier<Pages<T>> pages, Function<Runnable, Registration> wakeUps) {
        this.pages = pages;
        this.wakeUps = wakeUps;
    }

    /**
     * A stream that follows the stored elements.
     *
     * @param pages gives each materialization its own
     * @param wakeUps registers a callback that the storage calls, on any thread, after each append; the callback
     *        returns at once and may be called too often. {@code EventReader::onAppend} is one
     */
    public static <T> Source<T, NotUsed> live(Supplier<Pages<T>> pages, Function<Runnable, Registration> wakeUps) {
        return Source.fromGraph(new PagedSource<>(pages, wakeUps));
    }

    /**
     * A stream without wake-ups, of the elements that are stored already.
     *
     * @param pages gives each materialization its own, which never say {@link Then#WAIT}
     */
    public static <T> Source<T, NotUsed> current(Supplier<Pages<T>> pages) {
        return live(pages, wake -> () -> {});
    }

    @Override
    public SourceShape<T> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    /** What reaches the stage from outside. */
    private sealed interface Signal<T> {}

    private record Woken<T>() implements Signal<T> {}

    private record Answered<T>(CompletableFuture<Page<T>> answer) implements Signal<T> {}

    private final class Logic extends GraphStageLogic {
        private final Pages<T> source = pages.get();
        private final AtomicBoolean armed = new AtomicBoolean();
        private final AsyncCallback<Signal<T>> signals = createAsyncCallback(this::onSignal);
        private @Nullable Registration registration;
        private Iterator<T> buffer = Collections.emptyIterator();
        private Then then = Then.READ_ON;
        private boolean reading;
        private boolean woken;

        Logic() {
            super(shape);
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    advance();
                }
            });
        }

        @Override
        public void preStart() {
            registration = wakeUps.apply(this::wake);
        }

        @Override
        public void postStop() {
            if (registration != null) {
                registration.close();
            }
        }

        /** Called by the storage, on any thread. */
        private void wake() {
            if (armed.compareAndSet(true, false)) {
                signals.invoke(new Woken<>());
            }
        }

        private void onSignal(Signal<T> signal) {
            switch (signal) {
                case Woken<T>() -> woken = true;
                case Answered<T>(var answer) -> take(answer);
            }
            advance();
        }

        /** Emits, completes or reads, if there is demand and a reason. */
        private void advance() {
            if (reading || isClosed(out) || !isAvailable(out)) {
                return;
            }
            if (buffer.hasNext()) {
                push(out, buffer.next());
                if (!buffer.hasNext() && then == Then.COMPLETE) {
                    completeStage();
                }
            } else if (then == Then.COMPLETE) {
                completeStage();
            } else if (then == Then.READ_ON || woken) {
                read();
            }
        }

        private void read() {
            reading = true;
            woken = false;
            armed.set(true);
            CompletableFuture<Page<T>> answer = Stages.attempt(source::next).toCompletableFuture();
            boolean empty = answer.state() == Future.State.SUCCESS && answer.resultNow().elements().isEmpty();
            if (answer.isDone() && !empty) {
                take(answer);
                advance();
            } else { // an empty page at once takes this way too: a long search lets others have the thread in between
                CompletionStage<Page<T>> pending = answer;
                pending.whenComplete((page, failure) -> signals.invoke(new Answered<>(answer)));
            }
        }

        private void take(CompletableFuture<Page<T>> answer) {
            reading = false;
            if (answer.isCompletedExceptionally()) {
                failStage(Failures.unwrapped(answer.exceptionNow()));
            } else {
                buffer = answer.resultNow().elements().iterator();
                then = answer.resultNow().then();
            }
        }
    }
}
