/**
 * Checks JSON, and builds and writes JSON trees.
 *
 * <p>{@code JsonChecker} checks a document in one pass over its bytes, finds its service URLs, and keeps no values. XML and
 * forms are converted by way of a {@code JsonTree}, which takes 24 bytes a value, and {@code JsonTreeWriter}.
 *
 * <p>Pure functions over bytes, run on the request's event loop; an instance belongs to one thread. Must not import the other
 * packages of {@code normalize}, nor another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.normalize.json;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
