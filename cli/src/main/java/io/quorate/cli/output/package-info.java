/** How commands write what they tell. */
@org.jspecify.annotations.NullMarked
package io.quorate.cli.output;
