package dev.allframe.command;

/**
 * One violated constraint of a command.
 *
 * @param path the component, dotted: {@code amount}, {@code address.street}
 * @param message a sentence for people
 * @param code the constraint's name: {@code NotBlank}
 * @param rejectedValue the value as text
 */
public record ValidationError(String path, String message, String code, String rejectedValue) {}
