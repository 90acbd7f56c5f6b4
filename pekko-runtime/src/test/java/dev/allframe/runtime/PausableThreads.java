package dev.allframe.runtime;

import com.typesafe.config.Config;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/** Threads of all dispatchers of an actor system that can be paused, as by a long collection of garbage. */
public final class PausableThreads extends ExecutorServiceConfigurator {

    /** The configuration of a member that can be paused. One at a time. */
    public static final String CONFIG = """
            pekko.actor.default-dispatcher.executor = "dev.allframe.runtime.PausableThreads"
            pekko.actor.internal-dispatcher.executor = "dev.allframe.runtime.PausableThreads"
            """;

    private static volatile CountDownLatch gate = new CountDownLatch(0);

    /** Made by Pekko. */
    public PausableThreads(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
    }

    /** Nothing is begun from here on. */
    public static void pause() {
        gate = new CountDownLatch(1);
    }

    /** Everything goes on. */
    public static void resume() {
        gate.countDown();
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        return () -> new ThreadPoolExecutor(4, 4, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads) {
            @Override
            protected void beforeExecute(Thread thread, Runnable work) {
                try {
                    gate.await();
                } catch (InterruptedException ended) {
                    thread.interrupt();
                }
            }
        };
    }
}
