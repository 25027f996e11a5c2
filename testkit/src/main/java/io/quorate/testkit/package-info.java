/** The rules of the house, for tests only. */
@NullMarked
package io.quorate.testkit;

import org.jspecify.annotations.NullMarked;
