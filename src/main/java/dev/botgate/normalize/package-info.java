/**
 * Bodies to the JSON that the connector understands: JSON is checked and kept as it is, XML and forms are converted.
 *
 * <p>Pure functions over bytes, run on the request's event loop. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.normalize;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
