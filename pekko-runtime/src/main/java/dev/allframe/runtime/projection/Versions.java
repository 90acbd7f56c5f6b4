package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionType.Replaced;
import dev.allframe.projection.fold.RowChange;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.view.ViewReads;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of the two versions of a view answers those who ask it. Each version is kept as a view of its own, and what the
 * one that answers publishes is published to the readers, for whom another version is another generation.
 *
 * <h2>Rules</h2> The version that an operator has ordered answers, on this node from the moment on at which it has
 * applied all that readers have seen; without an order the one that has answered here last, else the old one. While the
 * new version has nothing that can be read, as its files were damaged, the old one answers. The new one never answers
 * without an order.
 *
 * <p>Thread-safe. The lock of this object guards which version answers and what readers are given; it is not held for
 * writes to the disk, which have another.
 */
final class Versions<K, O, R> {

    private static final Logger LOG = LoggerFactory.getLogger(Versions.class);

    private final ServedView<K, R> readers;
    private final Side<O> old;
    private final Side<R> current;
    private final Replaced<K, O, R> replaced;
    private final VersionFiles files;
    private @Nullable Side<?> ordered;
    private long orderedBy;
    private volatile @Nullable Side<?> answers;
    private final Object naming = new Object(); // guards the one below
    private @Nullable Side<?> named;

    /**
     * Versions of which nothing is open.
     *
     * @param readers who ask, by the type of the new version
     */
    Versions(ServedView<K, R> readers, ServedView<K, O> old, ServedView<K, R> current, Replaced<K, O, R> replaced,
            VersionFiles files) {
        this.readers = readers;
        this.replaced = replaced;
        this.files = files;
        this.old = new Side<>(old);
        this.current = new Side<>(current);
        readers.opening((read, damaged) -> {
            old.damaged(read, damaged);
            current.damaged(read, damaged);
        });
        old.relayTo(new Relays<O>(this.old) {
            @Override
            Published served(Published now) {
                return now.as(Versions.this::readOld);
            }

            @Override
            List<RowChange<K, R>> served(List<RowChange<K, O>> changes) {
                return changes.stream().map(Versions.this::asNew).toList();
            }
        });
        current.relayTo(new Relays<R>(this.current) {
            @Override
            Published served(Published now) {
                return now;
            }

            @Override
            List<RowChange<K, R>> served(List<RowChange<K, R>> changes) {
                return changes;
            }
        });
    }

    private OldRows<K, O, R> readOld(ViewReads tables) {
        return new OldRows<>(old.view.reader(tables), readers.type(), replaced);
    }

    private RowChange<K, R> asNew(RowChange<K, O> change) {
        O before = change.before();
        O after = change.after();
        return new RowChange<>(change.key(), before == null ? null : replaced.asNew().apply(before),
                after == null ? null : replaced.asNew().apply(after));
    }

    /** What concerns the old version. */
    Beside besideOld() {
        return old;
    }

    /** What concerns the new version. */
    Beside besideCurrent() {
        return current;
    }

    /** Whether the old version answers, also where nothing can be read yet. */
    boolean doesOldAnswer() {
        Side<?> now = answers;
        return now == null || now.equals(old);
    }

    /** Which version is to answer, and does not yet; 0 where none is. */
    synchronized int awaited() {
        Side<?> wanted = ordered;
        return wanted == null || wanted.equals(answers) ? 0 : wanted.version();
    }

    private @Nullable Side<?> numbered(int version) {
        return version == old.version() ? old : version == current.version() ? current : null;
    }

    /** Orders of earlier replacements may name other versions. */
    private synchronized void order(int version, long number) {
        Side<?> wanted = numbered(version);
        if (number > orderedBy && wanted != null) {
            orderedBy = number;
            ordered = wanted;
        }
    }

    private synchronized void begin() {
        if (answers == null) {
            Side<?> last = numbered(answeredLast());
            Side<?> first = ordered != null ? ordered : old;
            answers = last != null ? last : first;
            ordered = ordered != null ? ordered : answers;
        }
    }

    private int answeredLast() {
        try {
            return files.answeredLast();
        } catch (EventStoreException failed) {
            LOG.warn("view '{}': which version has answered last is not known: {}", readers.type().name(),
                    Failures.message(failed));
            return 0;
        }
    }

    /** Lets the version answer that is to, and gives readers what it serves. */
    private synchronized boolean look() {
        Side<?> now = answers;
        Side<?> wanted = ordered;
        if (now == null || wanted == null) {
            return false;
        }
        boolean isDue = !now.equals(wanted) && wanted.isServed() && (!now.isServed() || !wanted.isBehind(now));
        boolean isLost = now.equals(wanted) && now.equals(current) && current.opened && !current.isServed()
                && old.isServed();
        if (isDue || isLost) {
            Side<?> next = isDue ? wanted : old;
            LOG.info("view '{}': version {} answers, and not version {}", readers.type().name(), next.version(),
                    now.version());
            answers = next;
            next.refresh();
        }
        return isDue || isLost;
    }

    /** Makes durable which version answers; where that fails it is tried again later. The order is durable already. */
    private void name() {
        synchronized (naming) {
            Side<?> now = answers;
            if (now == null || now.equals(named)) {
                return;
            }
            try {
                files.answer(now.version());
                named = now;
            } catch (EventStoreException failed) {
                LOG.warn("view '{}': that version {} answers cannot be noted: {}", readers.type().name(), now.version(),
                        Failures.message(failed));
            }
        }
    }

    /** One of the two. */
    private final class Side<X> implements Beside {

        private final ServedView<K, X> served;
        private final RegisteredView<K, X> view;
        private boolean opened;
        private @Nullable Runnable refreshing;

        Side(ServedView<K, X> served) {
            this.served = served;
            this.view = served.registered();
        }

        int version() {
            return view.type().version().number();
        }

        private Side<?> other() {
            return equals(old) ? current : old;
        }

        private boolean isBehind(Side<?> before) {
            Published here = served.published();
            Published there = before.served.published();
            return here != null && there != null && here.state().position().compareTo(there.state().position()) < 0;
        }

        private void refresh() {
            if (refreshing != null) {
                refreshing.run();
            }
        }

        private boolean isServed() {
            return served.published() != null;
        }

        @Override
        public boolean isOtherServed() {
            return other().isServed();
        }

        @Override
        public void opened(List<RecordedEvent<ViewOrder>> orders) {
            orders.forEach(order -> {
                if (order.event() instanceof ViewOrder.AnswererOrdered given) {
                    order(given.version(), order.sequenceNr());
                }
            });
            begin();
            synchronized (Versions.this) {
                opened = true;
                boolean unused = look();
                if (equals(answers)) {
                    refresh();
                }
            }
            name();
        }

        @Override
        public void follow(ViewOrder.OfVersions given, long number) {
            if (given instanceof ViewOrder.AnswererOrdered order) {
                order(order.version(), number);
                if (look()) {
                    name();
                }
            }
        }

        @Override
        public ViewOrder.@Nullable Retired givenUpBy(ViewOrder order) {
            return equals(old) && order instanceof ViewOrder.ReplacementFinished end
                    && end.version() == current.version() ? new ViewOrder.Retired(end.by(), end.reason()) : null;
        }

        @Override
        public void mustBeReplaced() {
            Side<?> other = other();
            if (!other.equals(answers) || !other.isServed()) {
                throw new IllegalStateException("version " + version() + " is given up when version " + other.version()
                        + " answers on this node");
            }
        }

        @Override
        public void keepUp() {
            name();
        }
    }

    /** Gives readers what one version publishes, while that version answers. */
    private abstract class Relays<X> implements Relay<K, X> {

        private final Side<X> side;

        Relays(Side<X> side) {
            this.side = side;
            side.refreshing = this::refresh;
        }

        abstract Published served(Published now);

        abstract List<RowChange<K, R>> served(List<RowChange<K, X>> changes);

        private void refresh() {
            Published now = side.served.published();
            if (now != null) {
                readers.publish(served(now));
            }
            readers.become(side.served);
        }

        @Override
        public void published(Published now) {
            boolean switched;
            synchronized (Versions.this) {
                if (side.equals(answers)) {
                    readers.publish(served(now));
                }
                switched = look();
            }
            if (switched) {
                name();
            }
        }

        @Override
        public void changed(List<RowChange<K, X>> changes) {
            if (!side.equals(answers) || readers.watchers().isNobodyFollowing()) {
                return;
            }
            try {
                readers.changed(served(changes));
            } catch (RuntimeException | Error failed) { // of the user's function: who reads meets it too
                readers.watchers().fallBehind();
            }
        }

        @Override
        public void altered() {
            synchronized (Versions.this) {
                side.opened &= !side.served.isClosed();
                if (side.equals(answers)) {
                    readers.become(side.served);
                }
                boolean unused = look(); // noted by the next flush: this thread does not wait for the disk
            }
        }

        @Override
        public void ended() {
            readers.end();
        }
    }
}
