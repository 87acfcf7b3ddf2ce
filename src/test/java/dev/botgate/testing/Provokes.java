package dev.botgate.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a test that provokes what the {@link GuardExtension} would fail it for.
 *
 * <p>The test fails when nothing was found that has {@link #value} in its text, or when something else was.
 */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Provokes {
    /** A part of what will be found. */
    String value();
}
