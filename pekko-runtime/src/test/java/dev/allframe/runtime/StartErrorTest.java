package dev.allframe.runtime;

import static dev.allframe.aggregate.Decision.persist;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import org.junit.jupiter.api.Test;

/** An error of the JVM while AllFrame starts ends what was started, as an exception does. */
final class StartErrorTest {

    enum Broken {
        ONE;

        static {
            fail();
        }

        private static void fail() {
            throw new IllegalStateException("a static initializer");
        }
    }

    record Paint(String color) implements Command {}

    @Stored("painted")
    record Painted(Broken color) implements Event {}

    @Stored("wall")
    record Wall(int layers) {}

    static final class Walls implements Aggregate<Paint, Painted, Wall> {
        @Override
        public Wall initialState() {
            return new Wall(0);
        }

        @Override
        public Decision<Painted> decide(Wall wall, Paint command) {
            return persist(new Painted(Broken.ONE));
        }

        @Override
        public Wall evolve(Wall wall, Painted event) {
            return new Wall(wall.layers() + 1);
        }
    }

    @Test
    void the_actor_system_of_a_start_that_fails_by_an_error_ends() {
        AllFrame.Builder builder = AllFrame.standalone("start-error", ConfigFactory.load())
                .aggregate(AggregateType.named("wall", Paint.class, Painted.class, Wall.class, new Walls()));

        assertThatThrownBy(builder::start).isInstanceOf(ExceptionInInitializerError.class);

        // A system that has terminated gives its threads back a moment later.
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("start-error-")));
    }
}
