package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.things;

import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ProjectionType.Replaced;
import dev.allframe.projection.fold.Origin;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.view.ViewStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** A process with code of two versions of a view, each with its work, without actors. For one thread. */
final class Pair {

    static final Duration WEEK = Duration.ofDays(7);
    static final ProjectionType<String, Row> OLD = things(1);
    static final ProjectionType<String, Row> NEW = things(2).replacing(OLD);

    private final EventStoreBackend store;
    private final ViewOrders orders;
    final ServedView<String, Row> readers;
    final Versions<String, Row, Row> versions;
    final Half old;
    final Half current;

    /** One version. */
    final class Half {

        final RegisteredView<String, Row> view;
        final ServedView<String, Row> users;
        final ViewWork<String, Row> work;
        private ViewWork.Plan<String, Row> plan = new ViewWork.Plan<>(null, null, false, null, 0, "");
        final List<Published> damaged = new ArrayList<>();
        private long followed;

        Half(RegisteredView<String, Row> view, ServedView<String, Row> users, ViewWork<String, Row> work) {
            this.view = view;
            this.users = users;
            this.work = work;
        }

        ViewWork.Plan<String, Row> open() {
            users.opening((read, failed) -> damaged.add(read));
            plan = work.open();
            followed = plan.followed();
            return plan;
        }

        /** Follows what was ordered since. */
        void follow() {
            for (RecordedEvent<ViewOrder> order : orders.behind(view.type().name(), followed)) {
                ViewWork.Obeyed<String, Row> obeyed = work.follow(order);
                followed = order.sequenceNr();
                if (obeyed.begun() != null) {
                    plan = new ViewWork.Plan<>(plan.served(), obeyed.begun(), false, null, followed, "");
                }
            }
        }

        /** Applies the next page. */
        void apply(int page) {
            Stream.of(plan.served(), plan.building())
                    .filter(generation -> generation != null && work.keeps(generation))
                    .forEach(generation -> {
                        Position after = generation.fold().state().position();
                        work.apply(generation, after, view.handlers()
                                .handle(store.getAllEvents(view.handlers().filter(), after, page)
                                        .toCompletableFuture()
                                        .join()));
                    });
        }

        void applyAll() {
            apply(1_000);
        }

        long generation() {
            Published now = users.published();
            return now == null ? 0 : now.tables().generation();
        }
    }

    Pair(EventStoreBackend store, ViewStore files, Clock clock) {
        this(store, files, clock, NEW);
    }

    @SuppressWarnings("unchecked") // the replaced version has the same rows
    Pair(EventStoreBackend store, ViewStore files, Clock clock, ProjectionType<String, Row> type) {
        this.store = store;
        this.orders = new ViewOrders(store);
        RegisteredView<String, Row> view = RegisteredView.of(type);
        Replaced<String, Row, Row> replaced = (Replaced<String, Row, Row>) type.replaced().orElseThrow();
        RegisteredView<String, Row> oldView = RegisteredView.of(replaced.type());
        VersionFiles split = new VersionFiles(files, view.type().name(), origin(oldView), origin(view), clock, WEEK);
        readers = new ServedView<>(view, store);
        ServedView<String, Row> oldUsers = new ServedView<>(oldView, store);
        ServedView<String, Row> users = new ServedView<>(view, store);
        versions = new Versions<>(readers, oldUsers, users, replaced, split);
        old = half(oldView, oldUsers, split::of, clock, versions.besideOld());
        current = half(view, users, split::of, clock, versions.besideCurrent());
    }

    private Origin origin(RegisteredView<String, Row> view) {
        return Origin.of(store.storeId(), view.type(), view.rows());
    }

    private Half half(RegisteredView<String, Row> view, ServedView<String, Row> users,
            Function<Integer, ViewStore> files, Clock clock, Beside beside) {
        Generations<String, Row> generations = new Generations<>(view,
                files.apply(view.type().version().number()), store, clock, WEEK);
        return new Half(view, users, new ViewWork<>(view, users, generations, store, orders, beside));
    }

    Pair open() {
        old.open();
        current.open();
        return this;
    }

    Pair applyAll() {
        old.applyAll();
        current.applyAll();
        return this;
    }

    void follow() {
        for (Half half : List.of(old, current)) {
            half.follow();
        }
    }

    /** Both delete what is replaced. */
    void flush() {
        old.work.flush();
        current.work.flush();
    }

    void close() {
        old.work.close();
        current.work.close();
    }
}
