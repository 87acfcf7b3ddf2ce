/**
 * Checks JSON, and builds and writes JSON values.
 *
 * <p>{@code JsonChecker} checks a document in one pass over its bytes, finds its service URLs, and keeps no values. XML and
 * forms are converted by way of {@code JsonValue} and {@code JsonWriter}.
 *
 * <p>Pure functions over bytes, run on the request's event loop; an instance belongs to one thread. Must not import the other
 * packages of {@code normalize}, nor another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.normalize.json;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
