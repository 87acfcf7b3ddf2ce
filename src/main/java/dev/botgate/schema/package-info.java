/**
 * The connector's models as data, read from its Swagger document.
 *
 * <p>The document, {@code ConnectorAPI.json}, is Microsoft's: repository microsoft/botbuilder-python, file {@code
 * swagger/ConnectorAPI.json}, under the MIT licence (copyright Microsoft Corporation), unchanged.
 *
 * <p>Immutable; safe on any thread. Imports nothing of ours.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.schema;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
