package dev.allframe.runtime.command;

import dev.allframe.aggregate.Command;
import dev.allframe.command.ValidationError;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * Checks the Jakarta Validation constraints of commands; messages are plain text, without an expression language.
 * Thread-safe.
 */
final class CommandValidator {

    private final Validator validator = Validation.byDefaultProvider()
            .configure()
            .messageInterpolator(new ParameterMessageInterpolator())
            .buildValidatorFactory()
            .getValidator();
    private final ConcurrentMap<Class<?>, Boolean> constrained = new ConcurrentHashMap<>();

    /** All violations, ordered by path; none for a valid command. */
    List<ValidationError> validate(Command command) {
        if (!constrained.computeIfAbsent(command.getClass(),
                type -> validator.getConstraintsForClass(type).isBeanConstrained())) {
            return List.of();
        }
        return validator.validate(command)
                .stream()
                .map(CommandValidator::error)
                .sorted(Comparator.comparing(ValidationError::path).thenComparing(ValidationError::code))
                .toList();
    }

    private static ValidationError error(ConstraintViolation<Command> violation) {
        return new ValidationError(violation.getPropertyPath().toString(), violation.getMessage(),
                violation.getConstraintDescriptor().getAnnotation().annotationType().getSimpleName(),
                String.valueOf(violation.getInvalidValue()));
    }
}
