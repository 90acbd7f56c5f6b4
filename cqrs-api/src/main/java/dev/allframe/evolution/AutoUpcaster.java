package dev.allframe.evolution;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/**
 * An upcaster that the newer class has itself: its one constructor, or its one static factory, that takes the old form
 * and nothing else.
 *
 * @param <F> the old form
 * @param <T> the newer form
 */
public final class AutoUpcaster<F, T> implements Upcaster<F, T> {

    private final Class<T> to;
    private final Executable code;

    private AutoUpcaster(Class<T> to, Executable code) {
        this.to = to;
        this.code = code;
    }

    /**
     * Finds the constructor or static factory of {@code to} that takes a {@code from}, whatever its visibility.
     *
     * @throws IllegalArgumentException if there is none, or more than one
     */
    public static <F, T> AutoUpcaster<F, T> of(Class<F> from, Class<T> to) {
        List<Executable> found = new ArrayList<>();
        for (Constructor<?> constructor : to.getDeclaredConstructors()) {
            if (takes(from, constructor)) {
                found.add(constructor);
            }
        }
        for (Method method : to.getDeclaredMethods()) {
            if (Modifier.isStatic(method.getModifiers()) && !method.isSynthetic() && method.getReturnType() == to
                    && takes(from, method)) {
                found.add(method);
            }
        }
        if (found.size() != 1) {
            throw new IllegalArgumentException(
                    to.getName() + " must have exactly one constructor or static factory that takes a "
                            + from.getName() + ", and has " + found.size());
        }
        found.getFirst().setAccessible(true);
        return new AutoUpcaster<>(to, found.getFirst());
    }

    private static boolean takes(Class<?> from, Executable code) {
        return code.getParameterCount() == 1 && code.getParameterTypes()[0] == from;
    }

    @Override
    public T upcast(F old) {
        try {
            return to.cast(code instanceof Constructor<?> constructor
                    ? constructor.newInstance(old)
                    : ((Method) code).invoke(null, old));
        } catch (InvocationTargetException thrown) {
            switch (thrown.getCause()) {
                case RuntimeException exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(thrown.getCause());
            }
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(code + " cannot be called", impossible);
        }
    }
}
