/** The rules of the house, and servers that behave badly; for tests only. */
@NullMarked
package io.quorate.testkit;

import org.jspecify.annotations.NullMarked;
