/**
 * The phases that convert bodies: {@code Normalizer} turns every request body into the JSON that the connector
 * understands, and {@code ContentNegotiator} turns replies into XML for clients that prefer it.
 *
 * <p>{@code BodyReader} chooses by the headers how a body is read: {@link dev.botgate.exchange.ContentDecoder} decompresses it, then the format's
 * own package ({@code json}, {@code xml}, {@code form}) checks or converts it.
 *
 * <p>Conversion follows the connector's schema: it says what is an array, a number or a time. Where it says nothing, text
 * stays text, repeated elements become an array, and names stay as they are. What JSON cannot express (an attribute, text
 * between elements, a second value) is refused and never dropped. An error names the position, the property and the
 * expected value; it never repeats content of the body.
 *
 * <p>The code runs on the request's event loop. It must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.normalize;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
